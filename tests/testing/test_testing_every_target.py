"""The contract of targets over every adapter found by place, each on a model trained from real rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from steeled.core.collection import members
from steeled.core.dataset import Dataset
from steeled.data.read import read_splits
from steeled.targets.open import open_target
from steeled.testing.targets import check_target

NOT_ADAPTERS = {"learner", "open", "opened", "opening"}


def _sklearn(x: Any, y: Any, folder: Path) -> object:
    return LogisticRegression(max_iter=5000).fit(x, y)


def _callable(x: Any, y: Any, folder: Path) -> object:
    model = LogisticRegression(max_iter=5000).fit(x, y)
    return lambda rows: model.predict_proba(np.asarray(rows))


def _xgboost(x: Any, y: Any, folder: Path) -> object:
    xgboost = pytest.importorskip("xgboost")
    path = folder / "model.ubj"
    xgboost.XGBClassifier(n_estimators=10, n_jobs=1).fit(x, y).save_model(path)
    return path


def _lightgbm(x: Any, y: Any, folder: Path) -> object:
    lightgbm = pytest.importorskip("lightgbm")
    path = folder / "model.txt"
    lightgbm.LGBMClassifier(n_estimators=10, n_jobs=1, verbose=-1).fit(x, y).booster_.save_model(str(path))
    return path


def _catboost(x: Any, y: Any, folder: Path) -> object:
    catboost = pytest.importorskip("catboost")
    path = folder / "model.cbm"
    model = catboost.CatBoostClassifier(iterations=10, verbose=0, thread_count=1, allow_writing_files=False)
    model.fit(x, y).save_model(str(path))
    return path


def _torch(x: Any, y: Any, folder: Path) -> object:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(x.shape[1], 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))


def _onnx(x: Any, y: Any, folder: Path) -> object:
    skl2onnx = pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    model = LogisticRegression(max_iter=5000).fit(x, y)
    path = folder / "model.onnx"
    graph = skl2onnx.to_onnx(model, x[:1].astype(np.float32), options={"zipmap": False})
    path.write_bytes(graph.SerializeToString())
    return path


MODELS: dict[str, Callable[[Any, Any, Path], object]] = {
    "callable": _callable,
    "catboost": _catboost,
    "lightgbm": _lightgbm,
    "onnx": _onnx,
    "sklearn": _sklearn,
    "torch": _torch,
    "xgboost": _xgboost,
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = tmp_path_factory.mktemp("rows") / "rows.npz"
    x, y = load_breast_cancer(return_X_y=True)
    np.savez(path, x=x[:, :8], y=y)
    return read_splits(test=path).test


def test_every_adapter_found_by_place_has_a_model_here() -> None:
    assert set(members("targets")) - NOT_ADAPTERS == set(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_adapter_keeps_the_contract(name: str, rows: Dataset, tmp_path: Path) -> None:
    model = MODELS[name](rows.x, rows.y, tmp_path)

    opened = open_target(model, rows)

    check_target(opened.target, rows.take(slice(0, 60)))
