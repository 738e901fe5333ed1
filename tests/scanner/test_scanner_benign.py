"""Ordinary models of ordinary libraries are safe, however they were written."""

import io
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from steeled.scanner.scan import scan, scan_bytes

RNG = np.random.default_rng(0)
X = np.abs(RNG.normal(size=(60, 4)))
Y = (X[:, 0] > X[:, 1]).astype(int)
TABLE = pd.DataFrame({"age": X[:, 0], "job": RNG.choice(["a", "b", "c"], 60)})


def _pipeline() -> Any:
    numbers = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    columns = ColumnTransformer([("n", numbers, ["age"]), ("c", OneHotEncoder(), ["job"])])
    return Pipeline([("columns", columns), ("model", LogisticRegression())]).fit(TABLE, Y)


MODELS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: LogisticRegression().fit(X, Y),
    "pipeline": _pipeline,
    "forest": lambda: RandomForestClassifier(5).fit(X, Y),
    "forest regressor": lambda: RandomForestRegressor(5).fit(X, X[:, 0]),
    "boosting": lambda: GradientBoostingClassifier(n_estimators=3).fit(X, Y),
    "histogram boosting": lambda: HistGradientBoostingClassifier(max_iter=3).fit(X, Y),
    "svc": lambda: SVC().fit(X, Y),
    "network": lambda: MLPClassifier(4, max_iter=400, tol=1.0).fit(X, Y),
    "neighbors": lambda: KNeighborsClassifier().fit(X, Y),
    "bayes": lambda: GaussianNB().fit(X, Y),
    "isolation": lambda: IsolationForest(n_estimators=3).fit(X),
    "ridge": lambda: Ridge().fit(X, X[:, 0]),
    "search": lambda: GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2).fit(X, X[:, 0]),
    "function": lambda: make_pipeline(FunctionTransformer(np.log1p), Ridge()).fit(X, X[:, 0]),
    "text": lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["good day", "bad day"] * 30, Y),
    "frame": lambda: TABLE.assign(day=pd.date_range("2020", periods=60), kind=pd.Categorical(TABLE.job)),
    "strings": lambda: np.array(["a", "bb", None], dtype=object),
    "plain": lambda: {"a": [1, 2.5, None, True, b"x"], "s": {1, 2}, "t": (1,), "f": np.float32(1), "d": np.dtype("f8")},
}


def _dump(value: Any, **settings: Any) -> bytes:
    stream = io.BytesIO()
    joblib.dump(value, stream, **settings)
    return stream.getvalue()


@pytest.mark.parametrize("name", MODELS)
def test_model_is_safe_in_every_protocol_and_compression(name: str) -> None:
    model = MODELS[name]()

    reports = {f"pickle {p}": scan_bytes(pickle.dumps(model, p)) for p in (2, 3, 4, 5)}
    reports |= {f"joblib {p}": scan_bytes(_dump(model, protocol=p)) for p in (2, 4, 5)}
    reports |= {f"joblib {c}": scan_bytes(_dump(model, compress=c)) for c in (3, ("gzip", 3), ("bz2", 3), ("xz", 3))}

    assert [(how, report.sentence) for how, report in reports.items() if not report.is_safe] == []
    assert {report.format for report in reports.values()} <= {"pickle", "joblib"}


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost"])
def test_boosting_libraries_are_safe(name: str, tmp_path: Path) -> None:
    library = pytest.importorskip(name)
    if name == "xgboost":
        model = library.XGBClassifier(n_estimators=3).fit(X, Y)
        natives = {"m.json": "xgboost_json", "m.ubj": "xgboost_ubj"}
    elif name == "lightgbm":
        model = library.LGBMClassifier(n_estimators=3, verbose=-1).fit(X, Y)
        natives = {"m.txt": "lightgbm_text"}
    else:
        model = library.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(X, Y)
        natives = {"m.cbm": "catboost_cbm"}

    reports = [scan_bytes(pickle.dumps(model, p)) for p in (2, 4, 5)] + [
        scan_bytes(_dump(model, compress=c)) for c in (0, 3)
    ]
    for file in natives:
        (model.booster_ if name == "lightgbm" else model).save_model(str(tmp_path / file))
    found = {file: scan(tmp_path / file) for file in natives}

    assert [report.sentence for report in [*reports, *found.values()] if not report.is_safe] == []
    assert {file: report.format for file, report in found.items()} == natives


def test_catboost_with_category_tables_is_safe(tmp_path: Path) -> None:
    catboost = pytest.importorskip("catboost")
    settings = {"iterations": 3, "verbose": 0, "allow_writing_files": False, "one_hot_max_size": 1}
    model = catboost.CatBoostClassifier(cat_features=["job"], **settings).fit(TABLE, Y)
    model.save_model(str(tmp_path / "m.cbm"))

    assert scan(tmp_path / "m.cbm").is_safe


def test_skops_is_safe_and_judged_by_its_names() -> None:
    skops = pytest.importorskip("skops.io")
    data = skops.dumps(_pipeline())
    other = data.replace(b"sklearn.linear_model._logistic", b"sklearn.linear_model._logistik")

    assert scan_bytes(data).is_safe
    assert scan_bytes(data).format == "skops"
    assert not scan_bytes(other).is_safe


class OwnModel:
    """A class of the user's own."""


def test_own_class_is_named_with_the_line_that_allows_it() -> None:
    report = scan_bytes(pickle.dumps(OwnModel()), name="own.pkl")

    assert not report.is_safe
    assert report.findings[0].name.endswith(".OwnModel")
    assert report.allow == f"--trust {report.digest}"


def test_a_megabyte_of_pickle_takes_less_than_half_a_second() -> None:
    words = [" ".join(f"w{i}x{j}" for j in range(100)) for i in range(450)]
    data = pickle.dumps(TfidfVectorizer().fit(words))
    scan_bytes(b"N.")

    start = time.process_time()
    report = scan_bytes(data)

    assert report.is_safe
    assert len(data) > 900_000
    assert time.process_time() - start < 1.5  # 0.2 s on a quiet machine; the limit allows for a busy one
