"""ONNX files and sessions through ONNX Runtime."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from steeled.core.array import Array
from steeled.core.dataset import Dataset
from steeled.core.digest import digest_bytes
from steeled.core.labels import labels as decisions
from steeled.core.signature import Task
from steeled.data.labels import class_name
from steeled.errors import ModelError
from steeled.targets._asking import guarded, one_line
from steeled.targets._call_target import call_target
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._model_digest import unique_digest
from steeled.targets._onnx_feeds import Feeds, feeds_of
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening

_SCORES: tuple[str, ...] = ("tensor(float)", "tensor(double)", "tensor(float16)", "seq(map(string,tensor(float)))")
_SCORES += ("seq(map(int64,tensor(float)))",)


@dataclass(frozen=True, slots=True, eq=False)
class SessionCall:
    """Asks a session for one of its outputs.

    Args:
        session: of ONNX Runtime.
        feeds: how rows go in.
        output: name of the output.
        keys: classes of a ZipMap, in the order of the columns made of it; empty for a tensor.
    """

    session: Any
    feeds: Feeds
    output: str
    keys: tuple[object, ...] = ()

    def __call__(self, x: Array) -> object:
        if self.feeds.batch is None:
            return self._run(x)
        return np.concatenate([self._padded(x[i : i + self.feeds.batch]) for i in range(0, len(x), self.feeds.batch)])

    def _padded(self, x: Array) -> Array:
        """A graph fixed to a number of rows gets the last row again and again."""
        missing = (self.feeds.batch or 0) - len(x)
        full = np.concatenate([x, np.repeat(x[-1:], missing, axis=0)]) if missing else x
        return self._run(full)[: len(x)]

    def _run(self, x: Array) -> Array:
        (output,) = self.session.run([self.output], self.feeds(x))
        if self.keys:
            return np.array([[row[key] for key in self.keys] for row in output], dtype=np.float32)
        return np.asarray(output)


def open_object(model: object, request: Opening) -> Opened:
    """An ``InferenceSession``, used with the threads it was made with, or an ``onnx.ModelProto``.

    Raises:
        ModelError: it is neither, or does not fit the data.
    """
    if isinstance(model, onnxruntime.InferenceSession):
        return _open(model, request if request.digest else replace(request, digest=unique_digest()))
    if not hasattr(model, "SerializeToString"):
        raise ModelError(f"expected an onnxruntime.InferenceSession or onnx.ModelProto, got {type(model).__name__}")
    content = model.SerializeToString()
    return _open(_session(content, "the model"), replace(request, digest=request.digest or digest_bytes(content)))


def open_file(path: Path, format: str, request: Opening) -> Opened:
    """An .onnx file.

    Raises:
        ModelError: ONNX Runtime cannot load it, or it does not fit the data.
    """
    return _open(_session(exact_bytes(path, request.digest), str(path)), request)


def _session(content: bytes, name: str) -> Any:
    """A session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"{name} does not load in ONNX Runtime {onnxruntime.__version__}: {one_line(error)}; "
            "weights in a separate file are not supported: save the model in one file"
        ) from error


def _open(session: Any, request: Opening) -> Opened:
    feeds = feeds_of(session.get_inputs(), request.data.space)
    call, labels = _scores_or_labels(session, feeds, request.sample)
    target = call_target(call, call, request, feeds.dtype, labels)
    family = f"ONNX graph in ONNX Runtime {onnxruntime.__version__}"
    return opened(target, None, family, (f"its output {call.output!r} is read",))


def _scores_or_labels(session: Any, feeds: Feeds, data: Dataset) -> tuple[SessionCall, Sequence[object] | None]:
    """The output with the most to tell, and the graph's own classes where it names them.

    Raises:
        ModelError: no output can be read.
    """
    outputs = session.get_outputs()
    scores = [output for output in outputs if output.type in _SCORES]
    others = [output for output in outputs if output.type not in _SCORES and output.type.startswith("tensor")]
    width = len(data.classes) if data.task is Task.CLASSIFICATION else 1
    for output in scores:
        if output.type.startswith("seq(map"):
            keys = _keys(session, feeds, output.name, data.x)
            return SessionCall(session, feeds, output.name, keys), keys
        call = SessionCall(session, feeds, output.name)
        raw = np.asarray(guarded(call, data.x))
        if raw.size in (width * len(data), len(data)):
            return call, _column_labels(raw, SessionCall(session, feeds, others[0].name), data) if others else None
    if others and not scores:
        return SessionCall(session, feeds, others[0].name), None
    shapes = ", ".join(f"{output.name} {output.type} {output.shape}" for output in outputs)
    raise ModelError(f"no output has {width} numbers for each row; the graph gives {shapes}")


def _keys(session: Any, feeds: Feeds, output: str, x: Array) -> tuple[object, ...]:
    """The classes that a ZipMap writes into each row."""
    (rows,) = guarded(lambda few: session.run([output], feeds(few)), x[: feeds.batch or 1])
    return tuple(rows[0])


def _column_labels(scores: Array, label_call: SessionCall, data: Dataset) -> Sequence[object] | None:
    """What the graph calls the class of each column, learnt from its own label output.

    None where the label output says no more than the position.

    Raises:
        ModelError: the labels name other classes than the positions do, and some column never wins.
    """
    columns = scores.reshape(len(data), -1)
    if columns.shape[1] != len(data.classes):
        return None
    winners = decisions(columns)
    said = [class_name(label) for label in np.asarray(guarded(label_call, data.x)).ravel()]
    seen: dict[int, set[str]] = {}
    for column, name in zip(winners.tolist(), said, strict=True):
        seen.setdefault(column, set()).add(name)
    if any(len(names) > 1 for names in seen.values()):
        return None  # decided by a threshold of its own, not by the largest score
    names = {column: next(iter(found)) for column, found in seen.items()}
    if all(name in (data.classes[column], str(column)) for column, name in names.items()):
        return None
    unseen = [column for column in range(len(data.classes)) if column not in names]
    unused = [name for name in data.classes if name not in names.values()]
    if len(unseen) == len(unused) <= 1:
        names |= dict(zip(unseen, unused, strict=True))
        return [names[column] for column in range(len(data.classes))]
    raise ModelError(
        f"the graph calls its columns {names}, in another order than the data's classes "
        f"{', '.join(data.classes)}; list the classes in the graph's order in the configuration"
    )
