"""Error messages name what the reader probably meant."""

import pytest

from steeled.data.names import did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        ("incom", ["age", "income"], "; did you mean 'income'?"),
        ("AGE", ["age", "page"], "; did you mean 'age'?"),
        ("zzz", ["age", "income"], "; known are: age, income"),
        ("zzz", [], "; none is known"),
        ("zzz", [str(i) for i in range(12)], "; known are: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ..."),
    ],
)
def test_the_nearest_name_or_the_known_ones_are_given(name: str, known: list[str], message: str) -> None:
    assert did_you_mean(name, known) == message
