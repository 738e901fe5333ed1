"""Options that all tests share."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/ and review it as text")


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """``golden(name, text)``: the file in tests/golden/ says the same as the text."""

    def check(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text, f"{name} differs; if that is meant, run with --update-golden"

    return check
