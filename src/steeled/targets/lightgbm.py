"""LightGBM: the scikit-learn interface, live boosters, and text files."""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightgbm

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace
from steeled.errors import ModelError
from steeled.targets._asking import one_line
from steeled.targets._call_target import call_target
from steeled.targets._estimator_recipe import unfitted
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._inputs import Inputs, category_columns, frame_inputs, layouts, matrix_inputs
from steeled.targets._model_digest import model_digest
from steeled.targets._open_estimator import Candidate, open_estimator
from steeled.targets._single_thread import single_threaded
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening

_CATEGORICAL = re.compile(r"^\[categorical_feature: ([\d,]*)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BoosterCall:
    """Asks a booster natively, on one thread."""

    booster: Any
    inputs: Inputs

    def __call__(self, x: Array) -> object:
        return self.booster.predict(self.inputs.native(x), num_threads=1)


def open_object(model: object, request: Opening) -> Opened:
    """An ``LGBMClassifier``, ``LGBMRegressor`` or the like, or a ``Booster``.

    Raises:
        ModelError: not fitted, or it does not fit the data.
    """
    if isinstance(model, lightgbm.Booster):
        request = request if request.digest else replace(request, digest=model_digest(model))
        return _open_booster(copy.deepcopy(model), request)
    if not isinstance(model, lightgbm.LGBMModel):
        raise ModelError(f"cannot ask a {type(model).__name__} of lightgbm; open its booster or estimator")
    if not model.__sklearn_is_fitted__():
        raise ModelError(f"{type(model).__name__} is not fitted: call fit first, or open a fitted one")
    return open_estimator(
        Candidate(
            model=model,
            subject=single_threaded(model),
            family=f"LightGBM {lightgbm.__version__} {type(model).__name__}",
            inputs=_ways_in(model.booster_, request.data.space),
            template=_template(model),
        ),
        request,
    )


def open_file(path: Path, format: str, request: Opening) -> Opened:
    """A booster's text file.

    Raises:
        ModelError: lightgbm cannot read it, or it does not fit the data.
    """
    try:
        booster = lightgbm.Booster(model_str=exact_bytes(path, request.digest).decode("utf-8"))
    except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is not readable by lightgbm {lightgbm.__version__}: {one_line(error)}") from error
    return _open_booster(booster, request)


def _open_booster(booster: Any, request: Opening) -> Opened:
    call = BoosterCall(booster, _ways_in(booster, request.data.space)[0])
    target = call_target(call, lambda x: booster.predict(call.inputs.native(x)), request, "float64")
    notes = ("it is a booster, which does not say how it was trained",)
    return opened(target, None, f"LightGBM {lightgbm.__version__} booster", notes)


def _ways_in(booster: Any, space: FeatureSpace) -> list[Inputs]:
    names = booster.feature_name()
    if names == [f"Column_{i}" for i in range(len(names))] and not set(names) <= set(space.names):
        first = matrix_inputs(space, len(names))
        return [first, *(Inputs(layout, space) for layout in layouts(space)[1:])]
    own = _original_names(names, space)
    categories = _categories(booster, own, space) if booster.pandas_categorical else []
    return [frame_inputs(space, own, categories)]


def _original_names(names: Sequence[str], space: FeatureSpace) -> list[str]:
    """LightGBM writes white space in names as underscores."""
    spelled = {re.sub(r"\s+", "_", name): name for name in space.names}
    return [name if name in space.names else spelled.get(name, name) for name in names]


def _categories(booster: Any, names: Sequence[str], space: FeatureSpace) -> list[str]:
    """Columns that were pandas categories in training: LightGBM wants exactly these to be so again.

    Raises:
        ModelError: the file names another number of them than it keeps categories for.
    """
    count = len(booster.pandas_categorical)
    found = _CATEGORICAL.search(booster.model_to_string(num_iteration=1))
    listed = [names[int(j)] for j in found[1].split(",") if j] if found else []
    inferred = [name for name in names if name in category_columns(space)]
    for choice in (listed, inferred):
        if len(choice) == count:
            return choice
    raise ModelError(
        f"the model was trained with {count} pandas categories, the data has {len(inferred)} such columns "
        f"({', '.join(inferred[:5])}); read them as categories"
    )


def _template(model: Any) -> Any:
    """The estimator unfitted, with as many rounds as early stopping chose: a recipe has no rows to stop on."""
    plain, best = unfitted(model), model.best_iteration_
    if plain is None or not best or best < 0:
        return plain
    plain.set_params(n_estimators=best)
    names = [name for name in ("early_stopping_round", "early_stopping_rounds") if name in plain.get_params()]
    return plain.set_params(**dict.fromkeys(names, 0))
