"""Turn a target into a new target, which is attacked again."""
