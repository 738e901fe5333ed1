"""scikit-learn estimators and pipelines, and anything else with their interface."""

from typing import Any

import sklearn
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.ensemble._forest import BaseForest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.tree import BaseDecisionTree
from sklearn.utils.validation import check_is_fitted

from steeled.core.feature_space import FeatureSpace
from steeled.errors import ModelError
from steeled.targets._estimator_recipe import unfitted
from steeled.targets._inputs import Inputs, frame_inputs, layouts, matrix_inputs
from steeled.targets._open_estimator import Candidate, open_estimator
from steeled.targets._single_thread import single_threaded
from steeled.targets.opened import Opened
from steeled.targets.opening import Opening

_FLOAT32 = (BaseForest, BaseDecisionTree, GradientBoostingClassifier, GradientBoostingRegressor)


def open_object(model: object, request: Opening) -> Opened:
    """A fitted estimator or pipeline; trained again as its clone.

    Raises:
        ModelError: not fitted, fitted on other columns or classes, or it does not answer as it does itself.
    """
    _check_fitted(model)
    return open_estimator(
        Candidate(
            model=model,
            subject=single_threaded(model),
            family=family_of(model),
            inputs=_ways_in(model, request.data.space),
            dtype=dtype_of(model),
            template=unfitted(model),
        ),
        request,
    )


def family_of(model: Any) -> str:
    """Such as ``scikit-learn Pipeline (RandomForestClassifier)``."""
    name = type(model).__name__
    root = "scikit-learn" if type(model).__module__.startswith("sklearn.") else type(model).__module__.split(".")[0]
    version = f" {sklearn.__version__}" if root == "scikit-learn" else ""
    inner = final_of(model)
    return f"{root}{version} {name}" + (f" ({type(inner).__name__})" if inner is not model else "")


def dtype_of(model: Any) -> str:
    """float32 where the rows themselves are cast to it, as trees do without preprocessing; else float64."""
    bare = not isinstance(model, Pipeline) or all(step in (None, "passthrough") for _, step in model.steps[:-1])
    return "float32" if bare and isinstance(final_of(model), _FLOAT32) else "float64"


def final_of(model: Any) -> Any:
    """The estimator at the end of a pipeline, or the best one of a search."""
    while True:
        if isinstance(model, Pipeline):
            model = model.steps[-1][1]
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            return model


def _ways_in(model: Any, space: FeatureSpace) -> list[Inputs]:
    names = getattr(model, "feature_names_in_", None)
    if names is not None and len(names):
        return [frame_inputs(space, [str(name) for name in names])]
    first = matrix_inputs(space, getattr(model, "n_features_in_", None))
    return [first, *(Inputs(layout, space) for layout in layouts(space)[1:])]


def _check_fitted(model: Any) -> None:
    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise ModelError(f"{type(model).__name__} is not fitted: call fit first, or open a fitted one") from error
    except (TypeError, AttributeError):
        return  # not an estimator of scikit-learn, with its tags and all: asking it will tell
