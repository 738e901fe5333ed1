"""What is inside a file, without loading it."""
