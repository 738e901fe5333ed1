"""Numpy arrays: a header that is a Python literal, then raw items, or a pickle when the items are objects.

Source: numpy.lib.format, versions 1.0 to 3.0.
"""

import ast
import math
from typing import Any, ClassVar, cast

import numpy as np

from steeled.scanner.allow_list import allow_list
from steeled.scanner.broken import Broken
from steeled.scanner.part import Part
from steeled.scanner.pickle.judge import PickleJudge
from steeled.scanner.pickle.walk import walk
from steeled.scanner.verdict import ScanVerdict

_MAGIC = b"\x93NUMPY"
_MOST_HEADER = 1 << 16


class NumpyNpy:
    """The header is read by ``ast.literal_eval``, which evaluates nothing."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return part.head(6) == _MAGIC

    def read(self, part: Part) -> str:
        start, dtype, shape = _header(part)
        if dtype.hasobject:
            walked = walk(part, PickleJudge(part, allow_list()), start)
            if walked.is_whole:
                part.leftover(walked.end, len(part.data))
            return "numpy_npy"
        stop = start + math.prod(shape) * dtype.itemsize
        if stop > len(part.data):
            raise Broken(start, "fewer bytes than the shape needs")
        part.leftover(stop, len(part.data))
        return "numpy_npy"


def _header(part: Part) -> "tuple[int, np.dtype[np.generic], tuple[int, ...]]":
    """Where the items begin, of which dtype, in which shape."""
    head = part.head(12)
    major = head[6] if len(head) == 12 else 0
    if major not in (1, 2, 3):
        raise Broken(6, f"format version {major} does not exist")
    width = 2 if major == 1 else 4
    length, start = int.from_bytes(head[8 : 8 + width], "little"), 8 + width
    if length > min(_MOST_HEADER, len(part.data) - start):
        raise Broken(8, f"a header of {length} bytes")
    text = bytes(part.data[start : start + length]).decode("utf-8" if major == 3 else "latin-1")
    try:
        header = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Broken(start, "a header that is no Python literal") from None
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise Broken(start, "a header without exactly descr, fortran_order and shape")
    shape = header["shape"]
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise Broken(start, "a shape that is no tuple of numbers")
    return start + length, _dtype(part, header["descr"], start), shape


def _dtype(part: Part, descr: object, offset: int) -> "np.dtype[np.generic]":
    try:
        return np.dtype(np.lib.format.descr_to_dtype(cast(Any, descr)))
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, RecursionError):
        part.note(ScanVerdict.UNVERIFIABLE, "states a dtype that this numpy does not know", offset=offset)
        raise Broken(offset, "a dtype that cannot be read") from None
