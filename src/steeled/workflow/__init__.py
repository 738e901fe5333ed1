"""The only place where rooms meet: one file for each thing that a user asks for."""
