"""The numbers and the curve of an evasion attack, from what was verified."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from steeled.core.array import Array, Floats, Ints
from steeled.core.artifact import Curve, CurveRole, Point, Result
from steeled.core.case import Case
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Attack
from steeled.core.threat_model import Norm
from steeled.maths.intervals import Interval, clopper_pearson
from steeled.probes.sampling import Sample
from steeled.probes.stories import examples, lever_table
from steeled.probes.verification import norm_of, within

_MOST_POINTS = 40


@dataclass(frozen=True, slots=True)
class Finds:
    """What an attack found, verified: one entry for each searched row.

    Args:
        rows: numbers in ``Sample.attacked``.
        sampled: rows drawn up to the last searched one, wrongly answered ones included.
        x, z: before and after; ``z`` means nothing where no change works.
        distance: cost or norm of the smallest change that works; infinity where none does.
        scores_before, scores_after: the model's answers to both.
        queries: rows asked by the search at the threat's epsilon.
        notes: what the reader must know.
    """

    rows: Ints
    sampled: int
    x: Array
    z: Array
    distance: Floats
    scores_before: Array
    scores_after: Array
    queries: int
    notes: tuple[str, ...] = ()


def measure(probe: Attack, case: Case, sample: Sample, finds: Finds, epsilons: Sequence[float] = ()) -> Result:
    """Measurements, curve, examples and levers of one attack."""
    succeeded = within(finds.distance, case.threat.epsilon)
    n, broken = len(finds.distance), int(succeeded.sum())
    note = "; ".join(finds.notes)
    success, kept = clopper_pearson(broken, n), clopper_pearson(n - broken, finds.sampled)
    numbers = [
        Measurement("success_rate", broken / n, success.low, success.high, n, Unit.SHARE, Bound.AT_LEAST, note),
        Measurement(
            "robust_accuracy",
            (n - broken) / finds.sampled,
            kept.low,
            kept.high,
            finds.sampled,
            Unit.SHARE,
            Bound.AT_MOST,
            note,
        ),
        Measurement("queries_per_row", finds.queries / n, None, None, n, Unit.QUERIES, Bound.EXACT),
    ]
    if probe.minimizes:
        numbers.insert(2, _median_distance(finds.distance, _unit(case)))
    attacked = sample.attacked[finds.rows[succeeded]]
    won = (finds.x[succeeded], finds.z[succeeded], finds.distance[succeeded])
    return Result(
        measurements=tuple(numbers),
        curves=(_curve(probe, case, finds.distance, epsilons),),
        examples=examples(case, attacked, *won, finds.scores_before[succeeded], finds.scores_after[succeeded]),
        tables=lever_table(case, won[0], won[1]),
    )


def nothing_measured(probe: Attack, case: Case, reason: str) -> Result:
    """Every measure of an attack, each with the reason why it has no value."""
    measures = [
        not_measurable("success_rate", Unit.SHARE, Bound.AT_LEAST, reason),
        not_measurable("robust_accuracy", Unit.SHARE, Bound.AT_MOST, reason),
        not_measurable("queries_per_row", Unit.QUERIES, Bound.EXACT, reason),
    ]
    if probe.minimizes:
        measures.insert(2, not_measurable("median_distance", _unit(case), Bound.AT_MOST, reason))
    return Result(measurements=tuple(measures))


def median_interval(values: Floats) -> Interval:
    """Distribution-free 95 % interval of the median by order statistics; the whole range below six values.

    Args:
        values: shape (n,), n >= 1.
    """
    ordered, n = np.sort(values), len(values)
    outer = [k for k in range(n // 2) if bdtr(k, n, 0.5) <= 0.025]
    skipped = len(outer)
    first, last = (skipped - 1, n - skipped) if skipped else (0, n - 1)
    return Interval(float(ordered[first]), float(ordered[last]))


def _median_distance(distance: Floats, unit: Unit) -> Measurement:
    """Over all searched rows; one without a success is infinitely far, so that a weak attack does not look cheap."""
    found = int(np.isfinite(distance).sum())
    name, bound, n = "median_distance", Bound.AT_MOST, len(distance)
    if not found:
        return not_measurable(name, unit, bound, "no change that works was found on any row", n=0)
    low, high = median_interval(distance)
    if not math.isfinite(high):
        reason = f"a change that works was found on {found} of {n} rows: too few for the median of all rows"
        return not_measurable(name, unit, bound, reason, n)
    note = f"no change that works was found on {n - found} of {n} rows, which count as farthest" if found < n else ""
    if n < 6:
        note = "fewer than 6 rows: the interval is the whole range"
    return Measurement(name, float(np.median(distance)), low, high, n, unit, bound, note)


def _curve(probe: Attack, case: Case, distance: Floats, epsilons: Sequence[float]) -> Curve:
    norm = norm_of(case.test.space, case.threat)
    n = len(distance)
    points = []
    for x in _where(probe, case.threat.epsilon, distance, epsilons):
        kept = n - int(within(distance, x).sum())
        low, high = clopper_pearson(kept, n)
        points.append(Point(x=x, y=kept / n, low=low, high=high, n=n))
    return Curve(
        name="robust_accuracy",
        role=getattr(probe, "curve_role", CurveRole.ATTACK),
        label=probe_name(probe),
        x_label="cost of the change" if norm is Norm.COST else f"size of the change ({norm.value})",
        y_label="answers kept",
        y_unit=Unit.SHARE,
        points=tuple(points),
        x_unit=_unit(case),
    )


def _where(probe: Attack, epsilon: float, distance: Floats, epsilons: Sequence[float]) -> list[float]:
    """Where the curve is measured: as asked, else at every distinct distance up to twice epsilon, thinned."""
    if len(epsilons):
        return sorted({0.0, epsilon, *map(float, epsilons)})
    found = np.unique(distance[distance <= 2 * epsilon])
    if len(found) > _MOST_POINTS:
        found = np.quantile(found, np.linspace(0, 1, _MOST_POINTS), method="nearest")
    return sorted({0.0, epsilon, 2 * epsilon, *found.tolist()})


def probe_name(probe: Attack) -> str:
    """``HopSkipJump`` becomes ``hop_skip_jump``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(probe).__name__).lower()


def _unit(case: Case) -> Unit:
    return Unit.COST if norm_of(case.test.space, case.threat) is Norm.COST else Unit.DISTANCE
