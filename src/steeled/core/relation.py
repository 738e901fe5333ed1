"""A linear relation between the columns of a row, such as ``credit_used <= credit_limit``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steeled.core.array import Bools, Floats
from steeled.errors import ConfigurationError

_OPERATORS = ("<=", ">=", "==", "<", ">")
_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<factor>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?P<times>\*)?\s*)?"
    r"(?:`(?P<quoted>[^`]+)`|(?P<name>[A-Za-z_][\w.]*))?"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """``sum(factor * column) <operator> bound`` over the codes of a row.

    Args:
        text: as the user wrote it.
        terms: (column name, factor) pairs, left minus right.
        operator: one of <=, >=, ==, <, >.
        bound: the constant on the right.
    """

    text: str
    terms: tuple[tuple[str, float], ...]
    operator: str
    bound: float

    @classmethod
    def parse(cls, text: str) -> "Relation":
        """Read ``a + 2 * b <= c - 1``; names with spaces stand in backticks.

        Raises:
            ConfigurationError: not a linear relation.
        """
        sides = re.split(r"(<=|>=|==|<|>)", text)
        if len(sides) != 3:
            raise ConfigurationError(f"relation {text!r}: expected one of {', '.join(_OPERATORS)} between two sums")
        left, right = _sum(sides[0], text), _sum(sides[2], text)
        names = {name for name in left | right if name}
        terms = tuple((name, left.get(name, 0.0) - right.get(name, 0.0)) for name in sorted(names))
        if not terms:
            raise ConfigurationError(f"relation {text!r} names no column")
        return cls(text.strip(), terms, sides[1], right.get("", 0.0) - left.get("", 0.0))

    def holds(self, x: Floats, names: Sequence[str]) -> Bools:
        """Whether each row keeps the relation; a row with a missing value is not accused.

        Args:
            x: shape (n, d).
            names: the d column names.
        """
        factors = np.array([factor for _, factor in self.terms])
        total = x[:, [names.index(name) for name, _ in self.terms]] @ factors
        slack = 1e-9 * (1 + abs(self.bound))
        match self.operator:
            case "<=":
                kept = total <= self.bound + slack
            case ">=":
                kept = total >= self.bound - slack
            case "<":
                kept = total < self.bound
            case ">":
                kept = total > self.bound
            case _:
                kept = abs(total - self.bound) <= slack
        return np.asarray(kept | np.isnan(total), dtype=bool)


def _sum(side: str, text: str) -> dict[str, float]:
    """Factor of each column named in one side, the constant under the empty name."""
    factors: dict[str, float] = {}
    position, first = 0, True
    if not side.strip():
        raise ConfigurationError(f"relation {text!r}: nothing stands on one side")
    while position < len(side.rstrip()):
        match = _TERM.match(side, position)
        name = (match["quoted"] or match["name"] or "") if match else ""
        unreadable = match is None or match.end() == position or (not name and not match["factor"])
        if unreadable or match is None or (not first and not match["sign"]) or (match["times"] and not name):
            raise ConfigurationError(
                f"relation {text!r}: cannot read {side[position:].strip()!r}; write sums such as `a + 2 * b`"
            )
        value = float(match["factor"] or 1) * (-1 if match["sign"] == "-" else 1)
        factors[name] = factors.get(name, 0.0) + value
        position, first = match.end(), False
    return factors
