"""When nobody should believe the model."""
