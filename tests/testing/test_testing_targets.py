"""A sound target passes; each fault of a target is found."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from steeled.core.array import Array
from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import table_space
from steeled.core.loss import Loss
from steeled.core.signature import ScoreKind, Task
from steeled.core.target import Gradient
from steeled.testing.stubs import LinearStub
from steeled.testing.targets import check_target

SPACE = table_space([Column(name, Kind.REAL, -9, 9, may_be_missing=True) for name in "abc"])
STUB = LinearStub(np.array([[1.0, -1.0], [0.5, 2.0], [-1.5, 0.3]]), np.array([0.2, 0.0]), SPACE)


def rows() -> Dataset:
    x = np.random.default_rng(0).normal(size=(20, 3))
    x[3, 1] = np.nan
    return Dataset(x, np.zeros(20, dtype=np.int64), SPACE, STUB.classes)


@dataclass
class Faulty:
    """The stub, with one answer replaced."""

    name: str
    fault: Callable[[Any, Any], Any]
    inner: LinearStub = STUB

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.inner, name)
        return self.fault(self, value) if name == self.name else value


def scores_of(change: Callable[[Array, Array], Array]) -> Callable[[Any, Any], Any]:
    return lambda self, scores: lambda x: change(x, scores(x))


def gradient_of(change: Callable[[Gradient], Gradient]) -> Callable[[Any, Any], Any]:
    def fault(self: Any, loss_gradient: Any) -> Any:
        def changed(x: Array, y: Array, loss: Loss) -> Gradient:
            return change(loss_gradient(x, y, loss))

        return changed

    return fault


def write_into(x: Array, scores: Array) -> Array:
    x[...] = 0
    return scores


def test_a_sound_target_passes() -> None:
    check_target(STUB, rows())


@pytest.mark.parametrize(
    ("name", "fault", "why"),
    [
        ("scores", scores_of(lambda x, s: s[:, :1]), "shape"),
        ("scores", scores_of(lambda x, s: s.ravel()), "shape"),
        ("scores", scores_of(lambda x, s: s.tolist()), "numpy array"),
        ("scores", scores_of(lambda x, s: (s > 0.5).astype(int)), "floats"),
        ("scores", scores_of(lambda x, s: np.where(s > 0.9, np.nan, s)), "finite"),
        ("scores", scores_of(lambda x, s: 2 * s), r"\[0, 1\]"),
        ("scores", scores_of(lambda x, s: s / 2), "sum to 1"),
        ("scores", scores_of(write_into), "written to"),
        ("scores", scores_of(lambda x, s: s[:1].repeat(len(s), axis=0)), "answers differ"),
        ("scores", scores_of(lambda x, s: np.where(len(s) > 2, s, 1 - s)), "one by one"),
        ("scores", scores_of(lambda x, s: s if len(s) else np.zeros((1, 2))), "0 rows"),
        ("scores", lambda self, s: lambda x: s(x) if np.random.default_rng().random() < 0.5 else 1 - s(x), "differ"),
        ("signature", lambda self, s: replace(s, shape=(4,)), "shape"),
        ("signature", lambda self, s: replace(s, classes=("yes", "no")), "classes"),
        ("signature", lambda self, s: replace(s, task=Task.REGRESSION), "classification"),
        ("signature", lambda self, s: replace(s, score_kind=ScoreKind.VALUES), "score kind"),
        ("signature", lambda self, s: replace(s, score_kind=ScoreKind.LABELS), "one-hot"),
        ("digest", lambda self, s: s[7:], "digest"),
        ("digest", lambda self, s: f"sha256:{np.random.default_rng().bytes(32).hex()}", "digest changes"),
        ("lineage", lambda self, s: ["rounding"], "lineage"),
        ("lineage", lambda self, s: (1,), "lineage"),
        ("grants", lambda self, s: "gradients", "grants"),
        ("stochastic", lambda self, s: None, "stochastic"),
        ("loss_gradient", gradient_of(lambda g: replace(g, gradient=1.3 * g.gradient)), "off by"),
        ("loss_gradient", gradient_of(lambda g: replace(g, gradient=-g.gradient)), "off by"),
        ("loss_gradient", gradient_of(lambda g: replace(g, gradient=g.gradient * [1, 1, 0])), "off by"),
        ("loss_gradient", gradient_of(lambda g: replace(g, gradient=g.gradient.ravel())), "gradient must have shape"),
        ("loss_gradient", gradient_of(lambda g: replace(g, gradient=np.inf * g.gradient)), "finite"),
        ("loss_gradient", gradient_of(lambda g: replace(g, loss=g.loss.sum())), "loss must have shape"),
        ("loss_gradient", gradient_of(lambda g: replace(g, scores=1 - g.scores)), "backward pass differ"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in multiply:RuntimeWarning")
def test_each_fault_of_a_target_is_found(name: str, fault: Callable[[Any, Any], Any], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_target(Faulty(name, fault), rows())


def test_a_stochastic_target_may_answer_differently() -> None:
    rng = np.random.default_rng(0)

    class Dicing(Faulty):
        stochastic = True

    dicing = Dicing("scores", lambda self, s: lambda x: s(x) if rng.random() < 0.5 else 1 - s(x))

    check_target(dicing, rows())


def test_a_defended_target_may_supply_another_gradient() -> None:
    class Defended(Faulty):
        lineage = ("rounding",)

    check_target(Defended("loss_gradient", gradient_of(lambda g: replace(g, gradient=2 * g.gradient))), rows())
