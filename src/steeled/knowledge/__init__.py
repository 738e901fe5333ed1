"""What an expert would say: the risks, what they are called elsewhere, and what to do about a number."""
