"""Sentences are told from names."""

import pandas as pd
import pytest

from steeled.data.text import is_prose


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["this is a sentence", "and another one here"], True),
        (["no account here"] * 10, False),
        (["Bonn", "Kiel"], False),
        ([None, None], False),
        ([1, 2], False),
        (["buy this now please", None], True),
    ],
)
def test_prose_is_distinct_and_of_several_words(cells: list[object], expected: bool) -> None:
    assert is_prose(pd.Series(cells)) is expected
