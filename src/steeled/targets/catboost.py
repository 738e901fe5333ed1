"""CatBoost: the scikit-learn interface and .cbm files, with categorical features by name."""

import copy
from pathlib import Path
from typing import Any

import catboost

from steeled.core.feature_space import FeatureSpace
from steeled.core.signature import Task
from steeled.errors import ModelError
from steeled.targets._asking import one_line
from steeled.targets._estimator import Arguments
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._inputs import Inputs, frame_inputs, layouts, matrix_inputs
from steeled.targets._open_estimator import Candidate, open_estimator
from steeled.targets._single_thread import single_threaded
from steeled.targets.opened import Opened
from steeled.targets.opening import Opening

_LOUDNESS = ("verbose", "logging_level", "verbose_eval", "silent")
_THREADS: Arguments = (("thread_count", 1),)


def open_object(model: object, request: Opening) -> Opened:
    """A ``CatBoostClassifier``, ``CatBoostRegressor`` or ``CatBoost``.

    Raises:
        ModelError: not fitted, or it does not fit the data.
    """
    if not isinstance(model, catboost.CatBoost):
        raise ModelError(f"cannot ask a {type(model).__name__} of catboost; open the fitted model")
    if not model.is_fitted():
        raise ModelError(f"{type(model).__name__} is not fitted: call fit first, or open a fitted one")
    return _open(model, request, template=_template(model))


def open_file(path: Path, format: str, request: Opening) -> Opened:
    """A .cbm file.

    Raises:
        ModelError: catboost cannot read it, or it does not fit the data.
    """
    kind = catboost.CatBoostClassifier if request.data.task is Task.CLASSIFICATION else catboost.CatBoostRegressor
    blob = exact_bytes(path, request.digest)
    try:
        classes = len(catboost.CatBoost().load_model(blob=blob).classes_)
        if bool(classes) != (request.data.task is Task.CLASSIFICATION):
            raise ModelError(f"the model knows {classes} classes, the labels of the data are read for another task")
        model = kind().load_model(blob=blob)
    except catboost.CatBoostError as error:
        raise ModelError(f"{path} is not readable by catboost {catboost.__version__}: {one_line(error)}") from error
    return _open(model, request, template=None)


def _open(model: Any, request: Opening, template: Any) -> Opened:
    return open_estimator(
        Candidate(
            model=model,
            subject=single_threaded(model),
            family=f"CatBoost {catboost.__version__} {type(model).__name__}",
            inputs=_ways_in(model, request.data.space),
            dtype="float32",
            template=template,
            arguments=_THREADS,
            fit_arguments=_fit_arguments(model),
        ),
        request,
    )


def _ways_in(model: Any, space: FeatureSpace) -> list[Inputs]:
    names = [str(name) for name in model.feature_names_]
    if names == [str(i) for i in range(len(names))] and not set(names) <= set(space.names):
        first = matrix_inputs(space, len(names))
        return [first, *(Inputs(layout, space) for layout in layouts(space)[1:])]
    words = [names[j] for j in model.get_cat_feature_indices()]
    return [frame_inputs(space, names, words=words)]


def _fit_arguments(model: Any) -> Arguments:
    params = model.get_params()
    arguments: dict[str, object] = {}
    if model.get_cat_feature_indices():
        arguments["cat_features"] = tuple(int(j) for j in model.get_cat_feature_indices())
    if not any(name in params for name in _LOUDNESS):
        arguments["verbose"] = False
    return tuple(arguments.items())


def _template(model: Any) -> Any:
    """An unfitted copy on one thread that writes no files, without early stopping."""
    params = {name: value for name, value in copy.deepcopy(model.get_params()).items() if name != "cat_features"}
    changes: dict[str, object] = {"allow_writing_files": False, "thread_count": 1}
    if not {"random_seed", "random_state"} & set(params):
        changes["random_seed"] = 0
    if params.get("use_best_model") or params.get("early_stopping_rounds") or params.get("od_type"):
        changes |= {"use_best_model": False, "iterations": model.tree_count_}
    return type(model)(**(params | changes))
