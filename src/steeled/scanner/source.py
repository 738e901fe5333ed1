"""Parsing text as Python without running it, quietly and whatever the text is."""

import ast
import warnings


def tree_of(text: str, mode: str = "exec") -> ast.AST | None:
    """The syntax tree; None if it is no Python, or nested too deep for the parser.

    Args:
        text: bounded by the caller.
        mode: ``exec`` for a file, ``eval`` for an expression.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in foreign text are no concern of the user
        try:
            return ast.parse(text, mode=mode)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
