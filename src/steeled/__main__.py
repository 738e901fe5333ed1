"""``python -m steeled``."""

from steeled.cli.main import main

main()
