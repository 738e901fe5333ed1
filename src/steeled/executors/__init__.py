"""Where steps run: each in a process of its own, with a deadline; a crash is a result."""
