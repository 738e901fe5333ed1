"""The known word nearest to one that nobody knows, for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The same word in another case, else a similar one; None when none is near.

    Args:
        word: what was written.
        known: what could have been written; the first of several equally good ones wins.
    """
    options = [str(option) for option in known]
    same = [option for option in options if option.casefold() == word.casefold()]
    return next(iter(same or get_close_matches(word, options, n=1)), None)
