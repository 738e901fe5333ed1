"""A sound detector passes; each fault of a detector is found."""

from typing import Any, Self

import numpy as np
import pytest

from steeled.core.array import Array, Floats
from steeled.testing.detectors import check_detector


class Distance:
    """Distance from the mean, in standard deviations."""

    def fit(self, x: Array) -> Self:
        self.mean, self.spread = x.mean(axis=0), x.std(axis=0)
        return self

    def score(self, x: Array) -> Floats:
        far = (x - self.mean) / self.spread
        return np.sqrt((far**2).reshape(len(x), int(np.prod(x.shape[1:]))).sum(axis=1))


class Upside(Distance):
    def score(self, x: Array) -> Floats:
        return -super().score(x)


class Blind(Distance):
    def score(self, x: Array) -> Floats:
        return np.zeros(len(x))


class HalfBlind(Distance):
    def score(self, x: Array) -> Floats:
        far = super().score(x)
        return np.where(far > 10, 1.7, far)


class Infinite(Distance):
    def score(self, x: Array) -> Floats:
        return np.where(super().score(x) > 10, np.inf, super().score(x))


class Column(Distance):
    def score(self, x: Array) -> Floats:
        return super().score(x)[:, None]


class Dicing(Distance):
    def score(self, x: Array) -> Floats:
        return super().score(x) + np.random.default_rng().random(len(x))


class FitsByChance(Distance):
    def fit(self, x: Array) -> Self:
        super().fit(x)
        self.mean = self.mean + np.random.default_rng().random()
        return self


class Forgetful(Distance):
    def fit(self, x: Array) -> None:
        super().fit(x)


class Scribbler(Distance):
    def score(self, x: Array) -> Floats:
        scores = super().score(x)
        x[...] = 0
        return scores


class Lists(Distance):
    def score(self, x: Array) -> Any:
        return super().score(x).tolist()


class NeverEmpty(Distance):
    def score(self, x: Array) -> Floats:
        return super().score(x) if len(x) else np.zeros(1)


@pytest.mark.parametrize("shape", [(60, 3), (60, 1, 4, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sound_detector_passes(shape: tuple[int, ...], dtype: type) -> None:
    check_detector(Distance, np.random.default_rng(0).normal(size=shape).astype(dtype))


@pytest.mark.parametrize(
    ("detector_class", "why"),
    [
        (Upside, "outliers score"),
        (Blind, "outliers score"),
        (HalfBlind, "outliers score"),
        (Infinite, "finite"),
        (Column, "shape"),
        (Dicing, "second time"),
        (FitsByChance, "two detectors"),
        (Forgetful, "fit must return"),
        (Scribbler, "written to"),
        (Lists, "numpy array"),
        (NeverEmpty, "no rows"),
    ],
)
def test_each_fault_of_a_detector_is_found(detector_class: type[Any], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_detector(detector_class, np.random.default_rng(0).normal(size=(60, 3)))
