"""Strings from data, names, files and errors are hostile: these are the only ways in which they reach a page."""

import unicodedata
from html import escape

_LONGEST_NAME = 80
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# marks that stack without end would cover the lines above and below
_MOST_MARKS = 3


class Fragment(str):
    """Markup that this package wrote; the template passes it on as it is, and escapes every other string."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def clip(text: str, longest: int = _LONGEST_NAME) -> str:
    """The text, or its first ``longest`` characters with the full length."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def cut(text: str, longest: int) -> str:
    """The text in at most ``longest`` characters; for columns too narrow to give the full length."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def plain(text: str) -> str:
    """One line in which control, zero-width and bidirectional characters are spelled out, as ``U+202E``."""
    return "".join(_spelled(c) if is_invisible(c) else c for c in _calm(text))


def flat(text: str) -> Fragment:
    """For attributes, SVG text and ``<title>``: escaped, invisible characters spelled out, no element inside."""
    return Fragment(escape(plain(text), quote=True))


def shown(text: str) -> Fragment:
    """For running text: escaped; words with invisible characters are set in ``<code class="raw">``, each one boxed."""
    return Fragment(" ".join(_boxed(word) for word in _calm(text).split(" ")))


def name(text: str) -> Fragment:
    """For names and cells: as ``shown``, cut at 80 characters, and long names may break after ``_``."""
    return Fragment(shown(clip(text)).replace("_", "_<wbr>"))


def css_string(text: str) -> Fragment:
    """The inside of a quoted CSS string: every character but letters, digits, dot, space and hyphen as ``\\hex ``."""
    kept = plain(clip(text, longest=80))
    return Fragment("".join(c if c in ". -" or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in kept))


def ascii_only(text: str) -> str:
    """The same in ASCII: typographic signs by their nearest, all else as ``U+00E9``."""
    swapped = text.translate(_ASCII)
    return "".join(c if c.isascii() else _spelled(c) for c in swapped)


def is_invisible(character: str) -> bool:
    """Whether a character changes how others look without showing itself."""
    return unicodedata.category(character) in _INVISIBLE


def _boxed(word: str) -> str:
    if not any(is_invisible(c) for c in word):
        return escape(word, quote=True)
    inner = "".join(f"<i>{_spelled(c)}</i>" if is_invisible(c) else escape(c, quote=True) for c in word)
    return f'<code class="raw">{inner}</code>'


def _calm(text: str) -> str:
    """White space as single spaces, and no more than three combining marks on a character."""
    calm: list[str] = []
    marks = 0
    for c in text:
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            calm.append(" " if c in "\n\t\r" else c)
    return "".join(calm)


def _spelled(character: str) -> str:
    return f"U+{ord(character):04X}"


_ASCII = str.maketrans(
    {
        "≤": "<=",
        "≥": ">=",
        "−": "-",
        "–": "-",
        "→": "->",
        "×": "x",
        "·": ".",
        "●": "o",
        "…": "...",
        "\u202f": " ",
        "\u2009": " ",
        "\u00a0": " ",
        "’": "'",
        "“": '"',
        "”": '"',
        "ε": "epsilon",
    }
)
