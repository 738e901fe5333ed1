"""safetensors: a JSON header, then tensors that cover the rest without holes.

Source: the format section of github.com/huggingface/safetensors.
"""

import math
from typing import Any, ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part
from steeled.scanner.strict_json import parse

_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
_MOST_HEADER = 100_000_000


class Safetensors:
    """Eight bytes of length, then a header that begins with a brace."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        head = part.head(9)
        return len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 1 << 40

    def read(self, part: Part) -> str:
        length = int.from_bytes(part.head(8), "little")
        if length > min(_MOST_HEADER, len(part.data) - 8):
            raise Broken(0, f"a header of {length} bytes")
        header = parse(part.child("header", part.data[8 : 8 + length]))
        if not isinstance(header, dict):
            raise Broken(8, "a header that is no object")
        metadata = header.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
            raise Broken(8, "metadata that is no map of texts")
        at = 0
        for start, stop in sorted(_span(name, tensor) for name, tensor in header.items()):
            if start != at:
                raise Broken(8 + length + at, "tensors that overlap or leave a hole")
            at = stop
        if 8 + length + at != len(part.data):
            raise Broken(8 + length + at, "tensors that do not end with the file")
        return "safetensors"


def _span(name: str, tensor: Any) -> tuple[int, int]:
    """First and last offset of a tensor, which agree with its shape."""
    if not isinstance(tensor, dict) or set(tensor) != {"dtype", "shape", "data_offsets"}:
        raise Broken(8, f"tensor {name!r} without exactly dtype, shape and data_offsets")
    bits, shape, offsets = _BITS.get(str(tensor["dtype"])), tensor["shape"], tensor["data_offsets"]
    numbers = isinstance(shape, list) and isinstance(offsets, list) and len(offsets) == 2
    if bits is None or not numbers or not all(type(n) is int and n >= 0 for n in [*shape, *offsets]):
        raise Broken(8, f"tensor {name!r} with a dtype, shape or offsets that do not exist")
    if (offsets[1] - offsets[0]) * 8 != math.prod(shape) * bits:
        raise Broken(8, f"tensor {name!r} of another size than its shape says")
    return offsets[0], offsets[1]
