import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.relation import Relation
from steeled.errors import ConfigurationError

NAMES = ("a", "b c", "d")


@pytest.mark.parametrize(
    ("text", "row", "holds"),
    [
        ("a <= d", (1, 0, 1), True),
        ("a < d", (1, 0, 1), False),
        ("a >= d", (1, 0, 2), False),
        ("a > d", (3, 0, 2), True),
        ("a == d", (2, 0, 2), True),
        ("a + 2 * `b c` <= d - 1", (1, 1, 4), True),
        ("a + 2 * `b c` <= d - 1", (1, 1, 3), False),
        ("2a - d >= 0.5", (1, 0, 1.5), True),
        ("a <= 3", (3, 0, 0), True),
        ("a <= d", (float("nan"), 0, -9), True),  # unknown is not accused
    ],
)
def test_a_relation_means_what_it_says(text: str, row: tuple[float, ...], holds: bool) -> None:
    assert Relation.parse(text).holds(np.array([row], dtype=float), NAMES)[0] == holds


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-50, 50), st.tuples(*[st.integers(-20, 20)] * 3))
def test_a_parsed_sum_is_the_sum(p: int, q: int, bound: int, row: tuple[int, int, int]) -> None:
    text = f"{p} * a + {q} * `b c` <= d + {bound}".replace("+ -", "- ")

    found = Relation.parse(text).holds(np.array([row], dtype=float), NAMES)[0]

    assert found == (p * row[0] + q * row[1] <= row[2] + bound)


@pytest.mark.parametrize(
    "text", ["a", "a <=", "<= a", "a b <= d", "3 <= 2", "a <= d <= a", "a * 2 <= d", "f(a) <= d", ""]
)
def test_what_is_no_linear_relation_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="relation"):
        Relation.parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_relation_or_one_clear_error(text: str) -> None:
    try:
        relation = Relation.parse(text)
    except ConfigurationError:
        return
    assert relation.terms
