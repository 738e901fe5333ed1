"""Tests of one risk each: an attack searches for the worst case, a check inspects; shared code verifies and measures."""
