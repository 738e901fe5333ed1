"""A plain learner for any data: what a thief, or an auditor without the model's own recipe, would use."""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.recipe import Recipe
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.targets._estimator_recipe import EstimatorRecipe
from steeled.targets._inputs import Inputs, Layout
from steeled.targets._model_digest import model_digest

_MOST_LEVELS = 255  # of a categorical column in histogram gradient boosting
_LEAF = 5  # rows: scikit-learn's 20 makes a constant of what few rows could teach, and so flatters whoever has more


def general_recipe(data: Dataset) -> Recipe:
    """Histogram gradient boosting for tables, a small perceptron for arrays, n-grams and a linear model for text.

    Args:
        data: whose space and classes the recipe is for; its rows are not looked at.

    Returns:
        A recipe whose targets give probabilities, or values for regression.
    """
    learner, layout = _learner(data.space, data.task)
    classify = data.task is Task.CLASSIFICATION
    kind = ScoreKind.PROBABILITIES if classify else ScoreKind.VALUES
    return EstimatorRecipe(
        template=learner,
        inputs=Inputs(layout, data.space),
        labels=tuple(range(len(data.classes))),
        signature=Signature(data.space.shape, "float64", data.task, data.classes, kind),
        method="predict_proba" if classify else "predict",
        digest=model_digest((learner, layout.value)),
    )


def _learner(space: FeatureSpace, task: Task) -> tuple[Any, Layout]:
    classify = task is Task.CLASSIFICATION
    if space.modality is Modality.TEXT:
        words = HashingVectorizer(ngram_range=(1, 2), n_features=2**16)
        return make_pipeline(words, LogisticRegression(C=10, max_iter=300) if classify else Ridge()), Layout.TEXTS
    if space.modality is Modality.ARRAY:
        perceptron = (MLPClassifier if classify else MLPRegressor)(hidden_layer_sizes=(64,), max_iter=30)
        return make_pipeline(StandardScaler(), perceptron), Layout.FLAT
    boosting = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return boosting(
        categorical_features=_nominal(space), early_stopping=False, min_samples_leaf=_LEAF, max_iter=60
    ), Layout.CODES


def _nominal(space: FeatureSpace) -> Any:
    """Mask of the columns whose codes are names without an order."""
    mask = np.array([c.kind.is_nominal and c.low >= 0 and c.high < _MOST_LEVELS for c in space.columns], dtype=bool)
    return mask if mask.any() else None
