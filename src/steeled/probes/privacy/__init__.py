"""What the model tells of its training data."""
