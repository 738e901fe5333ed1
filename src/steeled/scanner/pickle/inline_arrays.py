"""Arrays whose raw bytes joblib writes between the opcodes.

After BUILD on ``joblib.numpy_pickle.NumpyArrayWrapper`` its loader reads, from the file: a nested pickle when the
dtype holds objects; else a padding length and that much padding (when the wrapper states an alignment), and then the
items. Read from joblib 0.11 to 1.6.
"""

from dataclasses import dataclass, field

from steeled.scanner.broken import Broken
from steeled.scanner.budget import Budget
from steeled.scanner.pickle.arrays import count, holds_objects, itemsize
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.opcodes import run
from steeled.scanner.pickle.values import Container, Made, Shape

WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper"


@dataclass(slots=True)
class InlineArrays:
    """Skips what joblib's loader would read itself, and remembers where, to compare the plain reading.

    Args:
        budget: shared by the scan.
        starts: where arrays begin.
        has_nested: whether the first of them is a nested pickle.
    """

    budget: Budget
    starts: list[int] = field(default_factory=list)
    has_nested: bool = False

    def __call__(self, m: Machine, instance: Made) -> None:
        if instance.maker is None or instance.maker.dotted != WRAPPER:
            return
        if len(instance.states) != 1 or not _is_dict(state := instance.states[0]):
            raise Broken(m.at, "an array of joblib whose state is not one dict")
        assert isinstance(state, Container)
        self.starts.append(m.pos)
        if m.pos < m.frame_end:
            raise Broken(m.at, "an array of joblib inside a frame, where two readings differ")
        dtype, items = state.get("dtype"), count(state.get("shape"))
        if items is None:
            raise Broken(m.at, "an array of joblib without a constant shape")
        if holds_objects(dtype):
            self.has_nested = self.has_nested or len(self.starts) == 1
            self._nested(m)
            m.at = m.pos
            return
        size = itemsize(dtype)
        if size is None:
            raise Broken(m.at, "an array of joblib whose dtype is not constant")
        if state.get("numpy_array_alignment_bytes") is not None:
            m.take(m.u8())
        m.take(items * size)
        m.at = m.pos  # what was read since BUILD is no part of its frame

    def _nested(self, m: Machine) -> None:
        inner = Machine(m.data, m.pos, m.judge, plain)  # joblib reads it with a plain unpickler
        run(inner, self.budget)
        m.pos = inner.pos


def plain(m: Machine, instance: Made) -> None:
    """What ``pickle.load`` does: nothing is read between opcodes."""


def _is_dict(value: object) -> bool:
    return isinstance(value, Container) and value.shape is Shape.DICT
