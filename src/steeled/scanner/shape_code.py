"""Shape expressions and guards of exported programs: text that PyTorch evaluates, safe when it is arithmetic."""

import ast
import re
from typing import Any

from steeled.scanner.source import tree_of

_MOST_TEXT = 10_000
_NODES = (
    ast.Expression, ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.keyword,
    ast.Subscript, ast.Attribute, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_FUNCTIONS = frozenset(
    (
        "Symbol", "Integer", "Float", "Rational", "Add", "Mul", "Pow", "Mod", "PythonMod", "CleanDiv", "FloorDiv",
        "CeilDiv", "Max", "Min", "Abs", "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Not", "TruncToInt",
        "CeilToInt", "FloorToInt", "RoundToInt", "ToFloat", "IntTrueDiv", "FloatTrueDiv", "Where", "Identity",
        "IsNonOverlappingAndDenseIndicator", "floor", "ceiling",
    )
)  # fmt: skip
_ATTRIBUTES = ("size", "stride", "storage_offset", "dim", "ndim", "shape")
_SYMBOL = re.compile(r"([suz]f?\d+|L|True|False|oo|int_oo)")
_TEXT = re.compile(r"[\w.\[\]' ]*", re.ASCII)


def is_arithmetic(text: Any) -> bool:
    """Whether evaluating the text can only compute numbers and truth values."""
    if not isinstance(text, str) or len(text) > _MOST_TEXT:
        return False
    tree = tree_of(text, mode="eval")
    if tree is None:
        return False
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return all(_is_harmless(node, is_called=id(node) in functions) for node in ast.walk(tree))


def _is_harmless(node: ast.AST, *, is_called: bool) -> bool:
    if not isinstance(node, _NODES):
        return False
    if isinstance(node, ast.Name):
        return node.id in _FUNCTIONS if is_called else _SYMBOL.fullmatch(node.id) is not None
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name | ast.Attribute)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return isinstance(node.right, ast.Constant) and isinstance(node.right.value, int) and node.right.value < 100
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # sympy evaluates the text of a Symbol no further, but keep it a plain name all the same
        return len(node.value) < 200 and _TEXT.fullmatch(node.value) is not None and "__" not in node.value
    return True
