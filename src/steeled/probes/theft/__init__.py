"""What a copy of the model costs."""
