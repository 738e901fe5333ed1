"""A pickle interpreter with a true stack, marks and memo, whose values are symbols: it never resolves a name."""
