"""Source code inside a TorchScript archive: safe when it only computes.

TorchScript is a small language with Python's grammar that runs in PyTorch's own interpreter. A name reaches an
operator in one of three ways: ``torch.x``, ``ops.space.x``, or as a method of any value. All three are held against
the list of pure operators; every syntax that the serializer does not write is refused.
"""

import ast
from collections.abc import Iterable

from steeled.scanner.source import tree_of
from steeled.scanner.torch_ops import Operators, operators

MOST_SOURCE = 4 << 20
_BUILTINS = frozenset(
    (
        "__annotations__", "annotate", "unchecked_cast", "uninitialized", "getattr", "range", "int", "float", "bool",
        "str", "complex", "isinstance", "inf", "nan", "infj", "nanj", "Tensor", "List", "Dict", "Tuple", "Optional",
        "NoneType", "Final", "Module", "NamedTuple", "Union", "Any", "number", "Device", "Layout", "Enum", "Future",
        "RRef", "Generator", "Storage", "QScheme", "Stream",
    )
)  # fmt: skip
_NODES = (
    ast.Module, ast.ClassDef, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.AnnAssign, ast.Expr, ast.Return,
    ast.If, ast.For, ast.While, ast.Pass, ast.Assert, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Call,
    ast.keyword, ast.Tuple, ast.List, ast.Dict, ast.IfExp, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.Slice,
    ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
)  # fmt: skip
_MODULES = ("torch", "ops", "__torch__", "CONSTANTS")


def impure(sources: Iterable[str]) -> str:
    """Why the code may do more than compute; empty if it cannot.

    Args:
        sources: text of every file under ``code/``.
    """
    trees = []
    for source in sources:
        if len(source) > MOST_SOURCE:
            return "is longer than is read"
        tree = tree_of(source)
        if tree is None:
            return "is not in the syntax that is read"
        trees.append(tree)
    methods = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for tree in trees:
        for node in ast.walk(tree):
            if wrong := _wrong(node, methods, operators()):
                return wrong
        if wrong := _unbound(tree):
            return wrong
    return ""


def _wrong(node: ast.AST, methods: set[str], known: Operators) -> str:
    if not isinstance(node, _NODES):
        return f"uses {type(node).__name__}"
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
        return "uses decorators"
    if isinstance(node, ast.Attribute):
        chain = _chain(node)
        if chain and chain[0] in _MODULES:
            return _wrong_chain(chain, known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _wrong_method(node.func, methods, known)
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        return "calls a computed function"
    return ""


def _wrong_chain(chain: list[str], known: Operators) -> str:
    """A dotted name below one of the four modules."""
    head, *rest = chain
    if head == "torch" and len(rest) == 1 and not known.is_pure("aten", rest[0]):
        return f"calls torch.{rest[0]}, which is not on the list of pure operators"
    if head == "torch" and len(rest) > 1:
        return f"calls torch.{'.'.join(rest)}"
    if head == "ops" and len(rest) == 2 and not known.is_pure(*rest):
        return f"calls the operator {'.'.join(rest)}"
    if head == "ops" and len(rest) > 2:
        return f"calls ops.{'.'.join(rest)}"
    if head == "__torch__" and rest[:2] == ["torch", "classes"]:
        return f"uses the native class {'.'.join(rest[2:])}"
    return ""


def _wrong_method(func: ast.Attribute, methods: set[str], known: Operators) -> str:
    chain = _chain(func)
    if chain and chain[0] in _MODULES:
        return ""  # judged as a chain
    if func.attr in known.refused or not (func.attr in methods or known.is_pure("aten", func.attr)):
        return f"calls the method {func.attr}"
    return ""


def _unbound(tree: ast.AST) -> str:
    """A bare name that is neither a local, a module nor a harmless builtin."""
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in bound and node.id not in _BUILTINS and node.id not in _MODULES:
            return f"uses the name {node.id}"
    if hidden := bound & (_BUILTINS | set(_MODULES)):
        return f"rebinds {min(hidden)}"
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    functions = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Attribute)
        and _chain(node.value)[:1] == ["__torch__"]
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    unclear = called - functions - _BUILTINS
    return f"calls the local {min(unclear)}" if unclear else ""


def _chain(node: ast.expr) -> list[str]:
    """``["torch", "nn", "relu"]`` of ``torch.nn.relu``; empty when it does not start with a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []
