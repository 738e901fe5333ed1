"""What the files could do when they are loaded."""
