"""What wrong training labels do, and whether there are any."""
