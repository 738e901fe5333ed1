"""From rows in codes to the named tensors that an ONNX graph takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.data.frames import to_frame
from steeled.data.names import did_you_mean
from steeled.errors import ModelError
from steeled.targets._inputs import Inputs, Layout, is_number

_DTYPES: Mapping[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One input of the graph.

    Args:
        name: in the graph.
        dtype: numpy's name of what it takes; ``object`` for strings.
        shape: without the batch axis; None where any size is taken.
        batch: rows at once that the graph is fixed to; None for any number.
        column: of the data that it takes; empty for the whole row.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    batch: int | None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Feeds:
    """The way into a graph: one tensor with whole rows, or one for each column."""

    space: FeatureSpace
    slots: tuple[Slot, ...]

    @property
    def batch(self) -> int | None:
        return self.slots[0].batch

    @property
    def dtype(self) -> str:
        """What a single tensor of numbers computes in; else float64, so that nothing is rounded beforehand."""
        return self.slots[0].dtype if len(self.slots) == 1 and self.slots[0].dtype.startswith("float") else "float64"

    def __call__(self, x: Array) -> dict[str, Array]:
        """Tensors by name for the rows ``x``."""
        if not self.slots[0].column:
            return {self.slots[0].name: _rows(x, self.slots[0], self.space)}
        frame = to_frame(x, self.space)
        return {slot.name: _cells(frame[slot.column], slot.dtype) for slot in self.slots}


def feeds_of(inputs: Any, space: FeatureSpace) -> Feeds:
    """The way into the graph.

    Args:
        inputs: ``session.get_inputs()``.
        space: of the data.

    Raises:
        ModelError: an input has a type that rows cannot fill, or no column of that name.
    """
    slots = [_slot(entry) for entry in inputs]
    if len(slots) == 1 and (slots[0].name not in space.names or len(space.names) == 1):
        return Feeds(space, tuple(slots))
    spelled = {re.sub(r"\W", "_", name): name for name in space.names} | {name: name for name in space.names}
    missing = [slot.name for slot in slots if slot.name not in spelled]
    if missing:
        raise ModelError(
            f"the graph takes {len(slots)} inputs, of which the data lacks {', '.join(map(repr, missing[:5]))}"
            f"{did_you_mean(missing[0], space.names)}"
        )
    named = [Slot(s.name, s.dtype, s.shape, s.batch, column=spelled[s.name]) for s in slots]
    return Feeds(space, tuple(named))


def _slot(entry: Any) -> Slot:
    if entry.type not in _DTYPES:
        raise ModelError(f"input {entry.name!r} is a {entry.type}, expected one of {', '.join(_DTYPES)}")
    sizes = [size if isinstance(size, int) and size > 0 else None for size in entry.shape or [None]]
    return Slot(entry.name, np.dtype(_DTYPES[entry.type]).name, tuple(sizes[1:]), sizes[0] if sizes else None)


def _rows(x: Array, slot: Slot, space: FeatureSpace) -> Array:
    """Whole rows in the slot's dtype, in its shape where only axes of size 1 or flattening differ."""
    if slot.dtype == "object":
        texts = x if space.modality is Modality.TEXT else to_frame(x, space).astype(str).to_numpy(dtype=object)
        return texts.reshape(len(x), 1) if texts.ndim == 1 and len(slot.shape) == 1 else texts
    values = x
    if space.modality is Modality.TABLE and all(is_number(column) for column in space.columns):
        values = Inputs(Layout.NUMBERS, space).native(x)
    values = np.ascontiguousarray(values, dtype=slot.dtype)
    return values.reshape(len(x), *_shape(values.shape[1:], slot.shape))


def _shape(given: tuple[int, ...], wanted: tuple[int | None, ...]) -> tuple[int, ...]:
    """The wanted shape when it differs by axes of size 1 or is flat; else the given one, for the runtime to judge."""
    if len(wanted) == 1:
        return (int(np.prod(given)),)
    sizes = [size for size in wanted if size != 1]
    plain = [size for size in given if size != 1]
    fits = len(sizes) == len(plain) and all(a in (None, b) for a, b in zip(sizes, plain, strict=True))
    if not fits or len(given) == len(wanted):
        return given
    rest = iter(plain)
    return tuple(1 if size == 1 else next(rest) for size in wanted)


def _cells(series: Any, dtype: str) -> Array:
    """One column of a frame as an (n, 1) tensor; a missing text is ``nan``, as converters write it."""
    if dtype == "object":
        cells = [str(cell) for cell in series.astype(object).where(series.notna(), "nan")]
        return np.array(cells, dtype=object).reshape(-1, 1)
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan)).astype(dtype).reshape(-1, 1)
