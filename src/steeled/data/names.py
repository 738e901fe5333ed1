"""Names of columns: those that tables give to row numbers, and the nearest known name for error messages."""

from collections.abc import Iterable

from steeled.core.nearest import nearest

INDEX_NAMES = ("id", "index", "rownames", "unnamed: 0")  # of columns that may only number the rows; casefolded


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'age'?``, or the known names when none is near.

    Args:
        name: what was written.
        known: what could have been written.

    Returns:
        The end of a sentence; at most ten names are listed.
    """
    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return f"; known are: {listed}" if names else "; none is known"
