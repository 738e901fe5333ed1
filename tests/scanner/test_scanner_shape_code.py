"""Shape expressions and chat templates: arithmetic and printing pass, anything that reaches further does not."""

import pytest

from steeled.scanner.shape_code import is_arithmetic
from steeled.scanner.template import is_harmless


@pytest.mark.parametrize(
    "text",
    [
        "Symbol('s31', positive=True, integer=True)",
        "Mul(Integer(2), Symbol('s0', integer=True))",
        "s0 + 1",
        "Max(1, FloorDiv(s1, 2))",
        "L['x'].size()[0] >= 2",
        "2**3",
    ],
)
def test_arithmetic_is_arithmetic(text: str) -> None:
    assert is_arithmetic(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "().__class__",
        "s0.func",
        "Symbol('__import__')",
        "open('x')",
        "[x for x in y]",
        "lambda: 0",
        "9**9**9",
        "2**s0",
        "(" * 10_000,
        "-" * 9_000 + "1",
        "",
        3,
    ],
)
def test_anything_else_is_not(text: object) -> None:
    assert not is_arithmetic(text)


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("{% for m in messages %}{{ m.content }}{% endfor %}", True),
        ("{% if a == 'b' %}x{% else %}y{% endif %}", True),
        ("{{ x.__class__ }}", False),
        ("{{ f() }}", False),
        ("{{ x|attr('y') }}", False),
        ("{{ x['y'] }}", False),
        ("{% set x = 1 %}", False),
        ("{% include 'x' %}", False),
        ("{{ unclosed", False),
    ],
)
def test_template_that_only_prints_is_harmless(text: str, harmless: bool) -> None:
    assert is_harmless(text) is harmless
