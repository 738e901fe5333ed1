"""What every attack must keep: shown on linear models, where the truth is known in closed form."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from steeled.core.array import Array, Bools, Floats
from steeled.core.case import Case
from steeled.core.meter import Meter
from steeled.core.probe import Attack
from steeled.core.threat_model import Norm
from steeled.errors import BudgetExhausted
from steeled.testing.scenes import Scene, scenes
from steeled.testing.stubs import LinearStub

_NOISE_DRAWS = 20
_BUDGETS = (0, 1, 7, 40)


def check_stays_in_space(probe_class: type[Any]) -> None:
    """Everything returned has the shape and dtype of the rows and could have been submitted by their owner."""
    for scene in scenes(probe_class.needs):
        x = scene.data.x
        for epsilon in (0.3 * _epsilon(scene), 2 * _epsilon(scene)):
            z, _ = _search(probe_class(), scene, epsilon)
            assert z.shape == x.shape, f"{scene.name}: expected rows of shape {x.shape}, got {z.shape}"
            assert z.dtype == x.dtype, f"{scene.name}: expected dtype {x.dtype}, got {z.dtype}"
            for row in np.flatnonzero(~scene.data.space.feasible(x, z)):
                reasons = scene.data.space.explain(x[row], z[row]) if scene.norm is Norm.COST else ("out of bounds",)
                raise AssertionError(f"{scene.name}: row {row} could not be submitted: {'; '.join(reasons)}")


def check_stays_in_budget(probe_class: type[Any]) -> None:
    """Nothing returned is further than epsilon from its row, measured anew; not for attacks that minimize."""
    for scene in scenes(probe_class.needs):
        for epsilon in (0.3 * _epsilon(scene), _epsilon(scene)):
            z, _ = _search(probe_class(), scene, epsilon)
            spent = spent_on(scene, z)
            slack = 1e-6 * epsilon + _rounding(scene)
            worst = float(spent.max())
            assert worst <= epsilon + slack, f"{scene.name}: went {worst:.9g} far, epsilon was {epsilon:.9g}"


def check_reaches_linear_optimum(probe_class: type[Any], slack: float = 0.05, share: float = 0.9) -> None:
    """On a linear model, nearly all rows break just above the smallest possible distance, and none just below.

    Args:
        probe_class: an attack.
        slack: how much further than the optimum it may need, as a share of it.
        share: of the rows that must break.
    """
    for scene in _measurable(probe_class):
        assert scene.distance is not None
        z, _ = _search(probe_class(), scene, scene.distance * (1 + slack))
        near = spent_on(scene, z) <= scene.distance * (1 + slack) * (1 + 1e-6) + _rounding(scene)
        broken = float((_wins(scene, z) & near).mean())
        assert broken >= share, (
            f"{scene.name}: {broken:.0%} of the rows broke within {1 + slack:g} times the smallest distance, "
            f"expected {share:.0%}"
        )
        z, _ = _search(probe_class(), scene, scene.distance * (1 - slack))
        short = _wins(scene, z) & (spent_on(scene, z) <= scene.distance * (1 - slack) + _rounding(scene))
        assert not short.any(), f"{scene.name}: {short.sum()} rows broke below the smallest distance: impossible"
        if not probe_class.minimizes:
            assert not _wins(scene, z).any(), f"{scene.name}: rows broke by leaving the budget"


def check_beats_noise(probe_class: type[Any]) -> None:
    """With a little more than the smallest distance, it breaks clearly more rows than 20 random changes do."""
    for scene in _measurable(probe_class):
        epsilon = _epsilon(scene)
        z, _ = _search(probe_class(), scene, epsilon)
        found = float((_wins(scene, z) & (spent_on(scene, z) <= epsilon * (1 + 1e-6) + _rounding(scene))).mean())
        noise = float(_noise_wins(scene, epsilon).mean())
        assert found >= noise + 0.2, f"{scene.name}: broke {found:.0%} of the rows, noise alone breaks {noise:.0%}"


def check_is_deterministic(probe_class: type[Any]) -> None:
    """Equal seeds, equal results, to the bit."""
    for scene in scenes(probe_class.needs):
        first, _ = _search(probe_class(), scene, _epsilon(scene))
        again, _ = _search(probe_class(), scene, _epsilon(scene))
        assert np.array_equal(first, again, equal_nan=True), f"{scene.name}: two runs of one seed differ"


def check_leaves_its_rows_alone(probe_class: type[Any]) -> None:
    """The rows and labels handed over are not written to."""
    for scene in scenes(probe_class.needs):
        case, _ = scene.case(probe_class.needs, _epsilon(scene))
        x, y = scene.data.x.copy(), scene.data.y.copy()
        probe_class().search(case, x, y, _epsilon(scene))
        untouched = np.array_equal(x, scene.data.x, equal_nan=True) and np.array_equal(y, scene.data.y)
        assert untouched, f"{scene.name}: search wrote into the rows it was given"


def check_counts_queries(probe_class: type[Any]) -> None:
    """The meter saw all that the model saw, and no limit is ever exceeded: the attack ends or says so."""
    for scene in scenes(probe_class.needs):
        z, meter = _search(probe_class(), scene, _epsilon(scene))
        _assert_counted(scene, meter)
        assert meter.tally.queries > 0, f"{scene.name}: an attack that asks nothing cannot know anything"
        for limit in (*_BUDGETS, meter.tally.queries // 2):
            try:
                z, meter = _search(probe_class(), scene, _epsilon(scene), limit)
            except BudgetExhausted:
                continue
            _assert_counted(scene, meter)
            assert z.shape == scene.data.x.shape, f"{scene.name}: with {limit} queries, the rows are incomplete"


def spent_on(scene: Scene, z: Array) -> Floats:
    """How far each row was changed, counted here without the code that attacks use, shape (n,)."""
    x = scene.data.x
    if scene.norm is not Norm.COST:
        gap = (np.asarray(z, dtype=float) - np.asarray(x, dtype=float)).reshape(len(x), -1)
        return np.asarray(np.abs(gap).max(axis=1) if scene.norm is Norm.LINF else np.sqrt((gap**2).sum(axis=1)))
    total = np.zeros(len(x))
    for j, column in enumerate(scene.data.space.columns):
        old, new = x[:, j], z[:, j]
        changed = ~((old == new) | (np.isnan(old) & np.isnan(new)))
        flat = column.kind.is_nominal and not column.group
        length = np.ones(len(x)) if flat else np.abs(new - old) / column.unit
        length = np.where(np.isnan(old) != np.isnan(new), 1.0, length * (0.5 if column.group else 1.0))
        total += np.where(changed, column.cost * length, 0.0)
    return total


def _search(probe: Attack, scene: Scene, epsilon: float, limit: int | None = None) -> tuple[Array, Meter]:
    case: Case
    case, meter = scene.case(probe.needs, epsilon, limit)
    try:
        return probe.search(case, scene.data.x.copy(), scene.data.y.copy(), epsilon), meter
    except BudgetExhausted:
        _assert_counted(scene, meter)
        raise


def _assert_counted(scene: Scene, meter: Meter) -> None:
    assert isinstance(meter.inner, LinearStub)
    seen = meter.inner.tally
    assert meter.tally == seen, f"{scene.name}: the model saw {seen}, the meter counted {meter.tally}"
    if meter.limit is not None:
        assert seen.queries <= meter.limit, f"{scene.name}: {seen.queries} queries, {meter.limit} were allowed"


def _measurable(probe_class: type[Any]) -> Iterator[Scene]:
    return (scene for scene in scenes(probe_class.needs) if scene.distance is not None)


def _epsilon(scene: Scene) -> float:
    return 1.2 * (scene.distance or 1.0)


def _rounding(scene: Scene) -> float:
    """How far the last digit of the rows' own dtype can carry a row."""
    x = np.nan_to_num(np.asarray(scene.data.x))
    ulp = float(np.spacing(np.abs(x).max()))
    return ulp * float(np.sqrt(x[0].size))


def _wins(scene: Scene, z: Array) -> Bools:
    reference = scene.data.y
    answers = scene.stub.logits(z)
    return scene.goal.reached(answers if scene.stub.classes else answers[:, 0], reference)


def _noise_wins(scene: Scene, epsilon: float) -> Bools:
    """Rows that any of 20 random changes of full length breaks."""
    rng, x = np.random.default_rng(0), scene.data.x
    won = np.zeros(len(x), dtype=bool)
    for _ in range(_NOISE_DRAWS):
        delta = rng.standard_normal(x.shape)
        if scene.norm is Norm.COST:
            delta *= epsilon / (np.abs(delta) * scene.data.space.prices).sum(axis=1, keepdims=True)
        elif scene.norm is Norm.LINF:
            delta = rng.uniform(-epsilon, epsilon, x.shape)
        else:
            delta *= epsilon / np.sqrt((delta**2).reshape(len(x), -1).sum(axis=1)).reshape(-1, *[1] * (x.ndim - 1))
        won |= _wins(scene, scene.data.space.project(x, (x + delta).astype(x.dtype)))
    return won
