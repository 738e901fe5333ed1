"""Jinja templates that only print messages; everything else is for a reader who parses the language."""

import re

_MARKUP = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_NAME = r"[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9]*)*"
_TEXT = r"'[^'\\{}]*'|\"[^\"\\{}]*\""
_VALUE = rf"(?:{_NAME}|{_TEXT}|\d+)"
_HARMLESS = re.compile(
    rf"\{{[{{%]-?\s*(?:for [a-z]+ in {_NAME}|end(?:for|if)|else|(?:el)?if {_VALUE}(?: (?:==|!=) {_VALUE})?|"
    rf"{_VALUE}(?:\s*\+\s*{_VALUE})*)\s*-?[}}%]\}}"
)


def is_harmless(text: str) -> bool:
    """Whether all markup is loops, comparisons, or prints names and texts: no calls, filters, subscripts."""
    rest = _MARKUP.sub("", text)
    if "{{" in rest or "{%" in rest or "{#" in rest:
        return False
    return all(_HARMLESS.fullmatch(piece) for piece in _MARKUP.findall(text))
