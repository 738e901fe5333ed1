"""Size and kind of a numpy dtype that a stream describes, without building it."""

from steeled.scanner.pickle.values import Container, Global, Made, Shape, Value, elements

_SIZES = {"b1": 1, "i1": 1, "u1": 1, "i2": 2, "u2": 2, "f2": 2, "i4": 4, "u4": 4, "f4": 4, "i8": 8, "u8": 8, "f8": 8,
          "c8": 8, "c16": 16, "f16": 16, "c32": 32, "M8": 8, "m8": 8}  # fmt: skip
_MOST_FIELDS = 1000


def itemsize(dtype: Value) -> int | None:
    """Bytes of one item; None when it cannot be told."""
    code = _code(dtype)
    if code in _SIZES:
        return _SIZES[code]
    if not code or code[0] not in "SUVa" or not code[1:].isdecimal() or len(code) > 10:
        return None
    return int(code[1:]) * (4 if code[0] == "U" else 1)


def holds_objects(dtype: Value) -> bool:
    """Whether items are Python objects, at any depth of a structured dtype; true when it cannot be told."""
    todo, seen = [dtype], 0
    while todo:
        value = todo.pop()
        seen += 1
        code = _code(value)
        if seen > _MOST_FIELDS or not code or code[0] not in "biufcmMSUVa":
            return True
        todo.extend(_inner(value))
    return False


def count(shape: Value) -> int | None:
    """Number of items of an array; None when the shape is not a tuple of numbers >= 0."""
    items = elements(shape)
    if items is None or len(items) > 64:
        return None
    total = 1
    for item in items:
        if not isinstance(item, int) or item < 0:
            return None
        total *= item
    return total


def _code(dtype: Value) -> str:
    """``f8`` of ``numpy.dtype("f8", False, True)`` in its native spelling; empty for anything else."""
    if not (isinstance(dtype, Made) and isinstance(dtype.maker, Global) and dtype.maker.dotted == "numpy.dtype"):
        return ""
    if len(dtype.states) > 1 or dtype.items:
        return ""
    code = dtype.arguments[0] if dtype.arguments else ""
    return code.lstrip("<>|=") if isinstance(code, str) else ""


def _inner(dtype: Value) -> list[Value]:
    """Dtypes of the fields, and of the base of a subarray: ``(version, order, subarray, names, fields, ...)``."""
    assert isinstance(dtype, Made)
    if not dtype.states:
        return []
    state = elements(dtype.states[0])
    if state is None or len(state) < 5:
        return [None]
    subarray, fields = elements(state[2]), state[4]
    inner = subarray[:1] if subarray else []
    if isinstance(fields, Container) and fields.shape is Shape.DICT:
        for field in fields.items[1::2]:
            inner.extend((elements(field) or [None])[:1])
    return inner
