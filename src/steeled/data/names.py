"""Names of columns: those that tables give to row numbers, and the nearest known name for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches

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
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    by_case = [other for other in names if other.casefold() == name.casefold()]
    if by_case or near:
        return f"; did you mean {(by_case or near)[0]!r}?"
    listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return f"; known are: {listed}" if names else "; none is known"
