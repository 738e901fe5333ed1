"""Any Python function from rows to scores, labels or values."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace
from steeled.errors import ModelError, PredictionError
from steeled.targets._call_target import CallTarget, call_target
from steeled.targets._inputs import Inputs, frame_inputs, layouts
from steeled.targets._model_digest import model_digest
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """Hands rows to a user's function in the layout that it takes."""

    function: Callable[[Any], object]
    inputs: Inputs

    def __call__(self, x: Array) -> object:
        return self.function(self.inputs.native(x))


def open_object(model: object, request: Opening) -> Opened:
    """A function that takes a float64 matrix where all columns are numbers, else a data frame as it was read.

    Arrays come in their own shape, texts as a list of ``str``. The method of a fitted estimator, such as
    ``pipeline.predict_proba``, gets what the estimator was fitted on.

    Raises:
        ModelError: it cannot be called, raises on the data, or its answers fit no reading.
    """
    if not callable(model):
        raise ModelError(f"expected a function from rows to scores, got {type(model).__name__}")
    request = request if request.digest else replace(request, digest=model_digest(model))
    name = getattr(model, "__qualname__", type(model).__name__)
    owner = getattr(model, "__self__", None)
    target = _first_that_works(model, owner, request)
    return opened(target, None, f"Python function {name}")


def _first_that_works(function: Callable[[Any], object], owner: object, request: Opening) -> CallTarget:
    """The target in the first layout that the function takes; the error of the first when it takes none."""
    labels = list(getattr(owner, "classes_", [])) or None
    refused: list[PredictionError] = []
    for inputs in _ways_in(owner, request.data.space):
        call = FunctionCall(function, inputs)
        try:
            return call_target(call, call, request, "float64", labels)
        except PredictionError as error:
            refused.append(error)
    raise refused[0]


def _ways_in(owner: object, space: FeatureSpace) -> list[Inputs]:
    names = getattr(owner, "feature_names_in_", None)
    if names is not None and len(names):
        return [frame_inputs(space, [str(name) for name in names])]
    likely = layouts(space)
    table = bool(space.columns)
    ordered = sorted(likely, key=lambda layout: layout.value == "objects") if table else list(reversed(likely))
    return [Inputs(layout, space) for layout in ordered]
