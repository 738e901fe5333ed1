"""Analytic gradients agree with central differences of the model itself."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC, LinearSVR

from steeled.core.access import Access
from steeled.errors import AccessError
from steeled.maths.losses import cross_entropy, margin, squared
from steeled.targets.opening import Opening
from steeled.targets.sklearn import open_object
from steeled.testing.targets import check_target

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

CLASSIFIERS = {
    "logistic": LogisticRegression(),
    "svc": LinearSVC(),
    "sgd hinge": SGDClassifier(random_state=0),
    "sgd log": SGDClassifier(loss="log_loss", random_state=0),
    "ridge": RidgeClassifier(),
    "tanh": MLPClassifier((8,), activation="tanh", max_iter=60, random_state=0),
    "relu": MLPClassifier((8, 5), max_iter=60, random_state=0),
    "logistic units": MLPClassifier((8,), activation="logistic", max_iter=60, random_state=0),
}
REGRESSORS = {
    "linear": LinearRegression(),
    "ridge": Ridge(),
    "lasso": Lasso(),
    "elastic": ElasticNet(),
    "sgd": SGDRegressor(random_state=0),
    "svr": LinearSVR(random_state=0),
    "perceptron": MLPRegressor(hidden_layer_sizes=(8,), activation="tanh", max_iter=60, random_state=0),
}
STEPS = {
    "standard": [StandardScaler()],
    "minmax": [MinMaxScaler()],
    "maxabs": [MaxAbsScaler(), "passthrough"],
    "robust, whitened": [RobustScaler(), PCA(5, whiten=True)],
    "columns": [
        ColumnTransformer(
            [
                ("a", make_pipeline(SimpleImputer(), StandardScaler()), [4, 2, 0]),
                ("b", "passthrough", [2]),
                ("c", "drop", [1, 3]),
            ],
            remainder=MinMaxScaler(),
        )
    ],
}


def differences(target, x, y, loss):
    """d loss / d x by central differences of the target's own logits, one column at a time."""
    slopes = np.zeros_like(x)
    for j in range(x.shape[1]):
        step = 1e-5 * x[:, j].std()
        ahead, behind = x.copy(), x.copy()
        ahead[:, j] += step
        behind[:, j] -= step
        slopes[:, j] = (loss(_logits(target, ahead), y).value - loss(_logits(target, behind), y).value) / (2 * step)
    return slopes


def _logits(target, x):
    native = target.inputs.native(x)
    if not target.signature.classes:
        return target.model.predict(native)
    if hasattr(target.model, "decision_function"):
        decision = target.model.decision_function(native)
        return decision if decision.ndim == 2 else np.stack([0 * decision, decision], axis=1)
    return np.log(target.model.predict_proba(native))


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(wine, name, classes):
    data = wine.data if classes == 3 else _two_classes(wine.data)
    named = np.array(data.classes)[data.y]
    model = make_pipeline(StandardScaler(), CLASSIFIERS[name]).fit(wine.frame[: len(data)], named)
    target = open_object(model, Opening(data)).target
    x, y = data.x[::20], data.y[::20]

    answer = target.loss_gradient(x, y, cross_entropy)

    np.testing.assert_allclose(answer.gradient, differences(target, x, y, cross_entropy), rtol=2e-3, atol=1e-6)
    np.testing.assert_array_equal(answer.scores, target.scores(x))
    assert target.grants is Access.GRADIENTS


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors(diabetes, name):
    model = make_pipeline(StandardScaler(), REGRESSORS[name]).fit(diabetes.frame, diabetes.labels)
    target = open_object(model, Opening(diabetes.data)).target
    x, y = diabetes.data.x[::60], diabetes.data.y[::60]

    answer = target.loss_gradient(x, y, squared)

    np.testing.assert_allclose(answer.gradient, differences(target, x, y, squared), rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("name", STEPS)
def test_preprocessing(wine, name):
    model = make_pipeline(*STEPS[name], LogisticRegression(max_iter=300)).fit(wine.frame, wine.labels)
    target = open_object(model, Opening(wine.data)).target
    x, y = wine.data.x[::20], wine.data.y[::20]

    answer = target.loss_gradient(x, y, margin)

    np.testing.assert_allclose(answer.gradient, differences(target, x, y, margin), rtol=1e-4, atol=1e-7)
    check_target(target, wine.data)


def test_the_gradient_of_a_missing_cell_is_zero(wine):
    model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(wine.frame, wine.labels)
    target = open_object(model, Opening(wine.data)).target
    x = wine.data.x[:4].copy()
    x[:, 3] = np.nan

    gradient = target.loss_gradient(x, wine.data.y[:4], cross_entropy).gradient

    assert not gradient[:, 3].any()
    assert np.isfinite(gradient).all()
    assert gradient.any()


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(5, random_state=0),
        make_pipeline(PolynomialFeatures(), LogisticRegression()),
        make_pipeline(MinMaxScaler(clip=True), LogisticRegression()),
    ],
    ids=["forest", "polynomial", "clipped"],
)
def test_what_is_not_recognized_grants_no_gradients(wine, model):
    target = open_object(model.fit(wine.frame, wine.labels), Opening(wine.data)).target

    assert target.grants is Access.SCORES
    with pytest.raises(AccessError, match="no gradients"):
        target.loss_gradient(wine.data.x, wine.data.y, cross_entropy)


def test_a_link_function_is_not_mistaken_for_a_linear_model(diabetes):
    model = PoissonRegressor().fit(diabetes.frame, diabetes.labels)

    target = open_object(model, Opening(diabetes.data)).target

    assert target.grants is Access.SCORES


def test_only_the_columns_that_the_model_sees_have_gradients(mixed):
    seen = mixed.frame[["children", "owner"]]
    model = LogisticRegression().fit(seen, mixed.labels)

    target = open_object(model, Opening(mixed.data)).target

    assert target.grants is Access.GRADIENTS
    gradient = target.loss_gradient(mixed.data.x, mixed.data.y, cross_entropy).gradient
    assert not np.delete(gradient, [3, 5], axis=1).any()


def _two_classes(data):
    kept = data.take(data.y < 2)
    return type(kept)(kept.x, kept.y, kept.space, kept.classes[:2])


def test_a_selector_that_matches_no_column_keeps_the_gradient(cancer):
    names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), make_column_selector(dtype_include="number")),
            ("names", names, make_column_selector(dtype_exclude="number")),
        ]
    )
    model = make_pipeline(columns, LogisticRegression()).fit(cancer.frame, cancer.labels)

    target = open_object(model, Opening(cancer.data)).target

    assert target.grants is Access.GRADIENTS
