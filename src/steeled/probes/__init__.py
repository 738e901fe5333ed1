"""Each tests one risk: an attack searches for the worst case, a check inspects; shared code verifies and measures."""
