"""A copy of an estimator that predicts on one thread: audits run in several processes, forked ones included."""

import copy
import types
from collections.abc import Iterator
from typing import Any

from steeled.errors import ModelError
from steeled.targets._asking import one_line

_NO_PARTS = (type, types.ModuleType, types.FunctionType, types.MethodType, types.BuiltinFunctionType)


def single_threaded(model: Any) -> Any:
    """A deep copy with every ``n_jobs`` inside set to 1; the object itself stays as it is.

    Raises:
        ModelError: it cannot be copied.
    """
    try:
        subject = copy.deepcopy(model)
    except Exception as error:
        raise ModelError(f"the model cannot be copied: {type(error).__name__}: {one_line(error)}") from error
    for part in _parts(subject):
        if "n_jobs" in vars(part):
            part.n_jobs = 1
        if _is_boosted(part):
            part.get_booster().set_param({"nthread": 1})
    return subject


def _parts(root: Any) -> Iterator[Any]:
    """Every object within that has attributes: fitted parts may be held by plain ones."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, (list, tuple, set)):
            waiting.extend(item for item in thing if not isinstance(item, (str, bytes, int, float)))
        elif isinstance(thing, dict):
            waiting.extend(thing.values())
        elif hasattr(thing, "__dict__") and not isinstance(thing, _NO_PARTS):
            yield thing
            waiting.extend(vars(thing).values())


def _is_boosted(part: Any) -> bool:
    """A fitted XGBoost estimator, whose booster holds its own number of threads."""
    return hasattr(part, "get_booster") and getattr(part, "_Booster", None) is not None
