"""Score inputs; larger is more suspicious."""
