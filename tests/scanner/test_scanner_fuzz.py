"""Damaged and spliced pickles: no scan raises, and no injected call becomes safe."""

import contextlib
import io
import pickle
import pickletools
import random
import re

import joblib
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scanner_samples import MARKER, ROUTES
from sklearn.linear_model import LogisticRegression

from steeled.scanner.allow_list import allow_list
from steeled.scanner.pickle.machine import python3_name
from steeled.scanner.scan import scan_bytes

_MODEL = LogisticRegression().fit(np.arange(8.0).reshape(4, 2), [0, 1, 0, 1])
_JOBLIB = io.BytesIO()
joblib.dump(_MODEL, _JOBLIB)
SEEDS = [pickle.dumps(_MODEL, p) for p in range(6)] + [
    pickle.dumps({"w": [1.0, "x"], "t": (1, 2)}, p) for p in range(6)
]
SEEDS += [ROUTES[name] for name in ("reduce", "protocol 0", "memo", "inst", "obj", "python 2 name")] + [
    _JOBLIB.getvalue()
]
GLUE = [bytes([opcode]) for opcode in b"012(N)}]\x94R\x93\x81ob\x85\x86t."] + [b"q\x05", b"h\x05", b"h\x00"]


class _Stub:
    """Stands for whatever a stream asks for, and does nothing."""

    def __new__(cls, *args: object, **keywords: object) -> "_Stub":
        return object.__new__(cls)

    def __init__(self, *args: object, **keywords: object) -> None:
        pass

    def __call__(self, *args: object, **keywords: object) -> "_Stub":
        return _Stub()

    def __setstate__(self, state: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __hash__(self) -> int:
        return 1

    append = extend = add = __setstate__


def _names(data: bytes) -> list[tuple[str, str]]:
    """The names that CPython's own unpickler asks for: the ground truth, found without resolving one."""
    found: list[tuple[str, str]] = []

    class Recorder(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> type:
            found.append((module, name))
            return _Stub

        def persistent_load(self, pid: object) -> object:
            return _Stub()

    try:
        Recorder(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - damaged streams raise anything; the names before that count
        return found
    return found


def _opcodes(data: bytes) -> list[bytes]:
    starts: list[int] = []
    with contextlib.suppress(ValueError):
        starts.extend(position for _, _, position in pickletools.genops(data))
    return [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]


_CAN_EXIST = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
PARTS = [_opcodes(seed) for seed in SEEDS]


def _mutant(rng: random.Random) -> bytes:
    """A seed after a few edits of its opcodes or bytes."""
    ops = list(rng.choice(PARTS))
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(ops) + 1)
        other = rng.choice(PARTS)
        first = rng.randrange(len(other))
        edit = rng.randrange(6)
        if edit == 0:
            ops.insert(at, rng.choice(GLUE))
        elif edit == 1:
            del ops[at : at + 1]
        elif edit == 2 and ops:
            ops.insert(at, rng.choice(ops))
        elif edit == 3:
            ops[at:at] = other[first : first + rng.randint(1, 6)]
        elif edit == 4:
            ops[at:at] = [b"\x94", b"0", b"h" + bytes([rng.randrange(4)])]
        elif at < len(ops):
            piece = bytearray(ops[at])
            piece[rng.randrange(len(piece))] = rng.randrange(256)
            ops[at] = bytes(piece)
    return b"".join(ops)


def _is_listed(module: str, name: str) -> bool:
    found = allow_list().find(module, name) or allow_list().find(*python3_name(module, name, 2))
    return found is not None


def test_name_that_cpython_asks_for_and_the_list_does_not_hold_is_never_safe() -> None:
    rng, forbidden = random.Random(0), 0

    for _ in range(3000):
        data = _mutant(rng)
        asked = [name for name in _names(data) if _CAN_EXIST.fullmatch(name[1]) and not _is_listed(*name)]
        report = scan_bytes(data)
        forbidden += bool(asked)
        assert not (asked and report.is_safe), (asked, data)

    assert forbidden > 300


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_a_scan_raise(data: bytes) -> None:
    assert scan_bytes(data).verdict.rank in range(5)


@given(st.sampled_from([pickle.dumps(_MODEL, p) for p in (2, 4, 5)]), st.data())
@settings(max_examples=150, deadline=None)
def test_call_injected_between_two_opcodes_is_never_safe(seed: bytes, data: st.DataObject) -> None:
    ops = _opcodes(seed)
    at = data.draw(st.integers(0, len(ops) - 1))
    call = b"cos\nsystem\nX" + len(MARKER).to_bytes(4, "little") + MARKER.encode() + b"\x85R0"

    report = scan_bytes(b"".join(ops[:at]) + call + b"".join(ops[at:]))

    assert not report.is_safe


@given(st.integers(0, 10**6), st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_changed_byte_of_a_joblib_file_never_raises(at: int, value: int) -> None:
    data = bytearray(_JOBLIB.getvalue())
    data[at % len(data)] = value

    assert scan_bytes(bytes(data)).verdict.rank in range(5)
