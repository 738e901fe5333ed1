"""Prints the installed versions as a constraints file: what `make` installs, and nothing else decides."""

import sys
from importlib.metadata import distributions

# installed with the interpreter, or without their dependencies by requirements-nodeps.lock
LEFT_OUT = {"pip", "setuptools", "wheel", "steeled", "mlxtend"}


def main() -> None:
    found = {d.metadata["Name"].lower().replace("_", "-"): d.version for d in distributions()}
    lines = [f"{name}=={version.split('+')[0]}" for name, version in sorted(found.items()) if name not in LEFT_OUT]
    head = "# Versions that `make` and CI install; `make lock` writes this file anew.\n"
    sys.stdout.write(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
