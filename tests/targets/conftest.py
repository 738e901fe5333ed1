"""Small real data, shared by the tests of all adapters."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.data.frames import to_codes
from steeled.data.infer import infer_space
from steeled.data.labels import class_names


def dataset_of(frame: pd.DataFrame, labels: np.ndarray) -> Dataset:
    """Rows in codes, with class indices, or values where the labels are floats."""
    space = infer_space(frame)
    x = to_codes(frame, space)
    if labels.dtype.kind == "f":
        return Dataset(x, labels, space, ())
    names = class_names(labels)
    y = np.array([names.index(str(label)) for label in labels], dtype=np.int64)
    return Dataset(x, y, space, names)


class Rows:
    """A frame, its labels, and both as a Dataset."""

    def __init__(self, frame: pd.DataFrame, labels: np.ndarray) -> None:
        self.frame, self.labels, self.data = frame, labels, dataset_of(frame, labels)


@pytest.fixture(scope="session")
def cancer() -> Rows:
    bunch = load_breast_cancer(as_frame=True)
    return Rows(bunch.data, bunch.target_names[bunch.target].astype(object))


@pytest.fixture(scope="session")
def wine() -> Rows:
    bunch = load_wine(as_frame=True)
    return Rows(bunch.data.rename(columns=lambda name: name.replace("/", "_per_")), bunch.target.to_numpy())


@pytest.fixture(scope="session")
def diabetes() -> Rows:
    bunch = load_diabetes(as_frame=True)
    return Rows(bunch.data, bunch.target.to_numpy(dtype=float))


@pytest.fixture(scope="session")
def mixed() -> Rows:
    """Strings, categories, truth values, integers and gaps; the answer hangs on three of them."""
    rng = np.random.default_rng(0)
    n = 400
    job = rng.choice(["clerk", "nurse", "smith"], n).astype(object)
    job[::19] = None
    frame = pd.DataFrame(
        {
            "income net": rng.normal(size=n),
            "job": pd.Series(job, dtype="str"),
            "region": pd.Categorical(rng.choice(["north", "south"], n)),
            "children": rng.integers(0, 5, n),
            "debt": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "owner": rng.random(n) < 0.5,
        }
    )
    good = (frame["income net"] > 0) ^ (frame["job"] == "nurse").fillna(value=False) ^ (frame["children"] == 2)
    return Rows(frame, np.where(good, "good", "bad").astype(object))


@pytest.fixture(scope="session")
def digits() -> Dataset:
    bunch = load_digits()
    x = (bunch.images[:, None] / 16).astype(np.float32)[:600]
    names = tuple(str(digit) for digit in range(10))
    return Dataset(x, bunch.target[:600].astype(np.int64), FeatureSpace(Modality.ARRAY, shape=(1, 8, 8)), names)


@pytest.fixture(scope="session")
def texts() -> Dataset:
    rng = np.random.default_rng(0)
    words = {0: ["good", "fine", "great"], 1: ["bad", "poor", "awful"]}
    y = rng.integers(0, 2, 120)
    x = np.array([" ".join(rng.choice(words[int(label)], 5)) for label in y], dtype=object)
    return Dataset(x, y.astype(np.int64), FeatureSpace(Modality.TEXT), ("happy", "sad"))
