"""XGBoost: the scikit-learn interface, live boosters, and .json and .ubj files."""

import copy
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xgboost

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace
from steeled.core.signature import Task
from steeled.errors import ModelError
from steeled.targets._asking import one_line
from steeled.targets._call_target import call_target
from steeled.targets._estimator_recipe import unfitted
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._inputs import Inputs, frame_inputs, layouts, matrix_inputs
from steeled.targets._model_digest import model_digest
from steeled.targets._open_estimator import Candidate, open_estimator
from steeled.targets._single_thread import single_threaded
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening

_VALUES = ("reg:", "count:", "rank:", "survival:")
_LOOKUP_BY_NAME = (3, 1)  # from this version on a booster keeps its categories by value


@dataclass(frozen=True, slots=True)
class BoosterCall:
    """Asks a booster natively: probabilities or values, or margins where it would give only labels.

    Args:
        booster: with one thread.
        inputs: how rows go in.
        margin: whether to ask for margins.
        trees: boosting rounds used, from the first; 0 for all.
    """

    booster: Any
    inputs: Inputs
    margin: bool
    trees: int

    def __call__(self, x: Array) -> object:
        rows = xgboost.DMatrix(self.inputs.native(x), enable_categorical=True, nthread=1)
        return self.booster.predict(rows, output_margin=self.margin, iteration_range=(0, self.trees))


def open_object(model: object, request: Opening) -> Opened:
    """An ``XGBClassifier``, ``XGBRegressor`` or the like, or a ``Booster``.

    Raises:
        ModelError: not fitted, or it does not fit the data.
    """
    if isinstance(model, xgboost.Booster):
        request = request if request.digest else replace(request, digest=model_digest(model))
        return _open_booster(copy.deepcopy(model), request)
    if not isinstance(model, xgboost.XGBModel):
        raise ModelError(f"cannot ask a {type(model).__name__} of xgboost; open its booster or estimator")
    if not model.__sklearn_is_fitted__():
        raise ModelError(f"{type(model).__name__} is not fitted: call fit first, or open a fitted one")
    space = request.data.space
    return open_estimator(
        Candidate(
            model=model,
            subject=single_threaded(model),
            family=f"XGBoost {xgboost.__version__} {type(model).__name__}",
            inputs=_ways_in(model.get_booster(), space),
            dtype="float32",
            template=_template(model),
            numbered=True,
            notes=_trees_note(model.get_booster()),
        ),
        request,
    )


def open_file(path: Path, format: str, request: Opening) -> Opened:
    """A booster's own file.

    Raises:
        ModelError: xgboost cannot read it, or it does not fit the data.
    """
    try:
        booster = xgboost.Booster()
        booster.load_model(bytearray(exact_bytes(path, request.digest)))
    except xgboost.core.XGBoostError as error:
        raise ModelError(f"{path} is not readable by xgboost {xgboost.__version__}: {one_line(error)}") from error
    return _open_booster(booster, request)


def _open_booster(booster: Any, request: Opening) -> Opened:
    booster.set_param({"nthread": 1})
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    if request.data.task is Task.CLASSIFICATION and objective.startswith(_VALUES) and objective != "reg:logistic":
        raise ModelError(f"the booster's objective is {objective}, and the labels are read as classes")
    inputs = _ways_in(booster, request.data.space)[0]
    call = BoosterCall(booster, inputs, margin=objective == "multi:softmax", trees=_trees(booster))
    target = call_target(call, lambda x: _natively(call, x), request, "float32")
    notes = ("it is a booster, which does not say how it was trained", *_trees_note(booster))
    return opened(target, None, f"XGBoost {xgboost.__version__} booster ({objective})", notes)


def _natively(call: BoosterCall, x: Array) -> object:
    """The same trees through xgboost's other way, prediction in place."""
    return call.booster.inplace_predict(
        call.inputs.native(x),
        iteration_range=(0, call.trees),
        predict_type="margin" if call.margin else "value",
    )


def _trees(booster: Any) -> int:
    """Rounds up to the best one, as the scikit-learn interface predicts; 0 for all."""
    best = booster.attr("best_iteration")
    return int(best) + 1 if best is not None else 0


def _trees_note(booster: Any) -> tuple[str, ...]:
    used, there = _trees(booster), booster.num_boosted_rounds()
    return (f"{used} of {there} boosting rounds are used, up to the best",) if 0 < used < there else ()


def _ways_in(booster: Any, space: FeatureSpace) -> list[Inputs]:
    names, types = booster.feature_names, booster.feature_types or []
    if names is None or (names == [f"f{i}" for i in range(len(names))] and not set(names) <= set(space.names)):
        first = matrix_inputs(space, booster.num_features())
        return [first, *(Inputs(layout, space) for layout in layouts(space)[1:])]
    categories = [name for name, kind in zip(names, types, strict=False) if kind == "c"]
    inputs = frame_inputs(space, names, categories)
    _check_categories(categories, space)
    return [inputs]


def _check_categories(categories: list[str], space: FeatureSpace) -> None:
    """Older versions read a category's position in the frame, which only a column with fixed levels has."""
    loose = [name for name in categories if not space.columns[space.index(name)].levels]
    if loose and tuple(int(part) for part in xgboost.__version__.split(".")[:2]) < _LOOKUP_BY_NAME:
        raise ModelError(
            f"the model takes {loose[0]!r} as a category, and the data holds plain numbers; declare it as categorical, "
            "or use xgboost >= 3.1"
        )


def _template(model: Any) -> Any:
    """The estimator unfitted, with as many rounds as early stopping chose: a recipe has no rows to stop on."""
    plain = unfitted(model)
    if plain is None:
        return None
    if getattr(model, "early_stopping_rounds", None) is not None:
        plain.set_params(early_stopping_rounds=None, n_estimators=model.best_iteration + 1)
    if model.objective == "multi:softprob":  # set by fit; with two classes left it would be refused
        plain.set_params(objective="binary:logistic")
    return plain
