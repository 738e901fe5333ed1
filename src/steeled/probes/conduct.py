"""Runs a probe: a check inspects; an attack searches here, and everything it found is verified before it counts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from steeled.core.array import Array, Floats, Ints
from steeled.core.artifact import Result
from steeled.core.case import Case
from steeled.core.meter import Meter
from steeled.core.probe import Attack, Check
from steeled.errors import BudgetExhausted, PredictionError
from steeled.probes.measures import Finds, measure, nothing_measured
from steeled.probes.sampling import Sample, draw
from steeled.probes.verification import Verified, norm_of, verify, within

_SIZES = (8, 64, 256)  # then 256 for ever; fixed, so that equal seeds attack equal batches; the first shows the pace
_LEAST = 8
_FRACTIONS = (0.25, 0.5, 0.75, 1.0, 2.0)
_BEYOND = 1 + 2e-6  # times epsilon: the nearest distance that is not within it
_BACKWARD = 2  # seconds of a backward pass, in forward passes


def conduct(probe: Attack | Check, case: Case, epsilons: Sequence[float] = ()) -> Result:
    """Inspect, or attack, verify and measure.

    An attack sees ``case.rows`` rightly answered test rows drawn by ``case.rng``, or all there are (for regression, any
    rows). Nothing infeasible, dearer than epsilon or beyond the attacker's query budget is ever counted. When
    ``case.clock`` is over, the rows searched so far are measured. An attack that raises ``BudgetExhausted`` found
    nothing in its batch; rows on which the model raises are left out, and the others go on.

    Args:
        probe: a check or an attack.
        case: model, data, attacker and means.
        epsilons: where the curve is measured, each > 0; by default quarters of ``threat.epsilon`` and twice it for an
            attack at fixed epsilon, every found distance for one that minimizes.

    Raises:
        PredictionError: the model answers none of the rows.
        ConfigurationError: arrays attacked under the cost of tables.
    """
    if not isinstance(probe, Attack):
        return probe.inspect(case)
    norm_of(case.test.space, case.threat)
    begun = case.clock.elapsed
    sample = draw(case)
    if sample.reason:
        return nothing_measured(probe, case, sample.reason)
    cost = probe.cost(1)
    pace = (case.clock.elapsed - begun) / len(sample.drawn) * (cost.queries + _BACKWARD * cost.gradients)
    return measure(probe, case, sample, _attack(probe, case, sample, epsilons, pace), epsilons)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows under attack, their reference, and the closest verified success of each so far (arrays change in place)."""

    rows: Ints
    x: Array
    y: Array
    truth: Verified
    distance: Floats
    queries: int
    note: str

    def keep(self, rows: Ints, found: Verified, least: float) -> None:
        """Take over what is closer; a distance below ``least`` counts as ``least``."""
        distance = np.where(found.success, np.maximum(found.distance, least), np.inf)
        better = distance < self.distance[rows]
        self.distance[rows[better]] = distance[better]
        self.truth.points[rows[better]] = found.points[better]
        self.truth.scores_after[rows[better]] = found.scores_after[better]


def _attack(probe: Attack, case: Case, sample: Sample, epsilons: Sequence[float], pace: float) -> Finds:
    n, reached = len(sample.attacked), 0
    parts: list[_Batch] = []
    errors: list[PredictionError] = []
    for rows in _batches(n, case, pace):
        parts += _answered(probe, case, sample, rows, epsilons, errors)
        reached = int(rows[-1]) + 1
    if not parts:
        raise errors[0]
    notes = [part.note for part in parts if part.note]
    if reached < n:
        notes.append(f"time ran out: {reached} of {n} rows were searched")
    if errors:
        notes.append(f"{len(errors)} rows are left out, on which the model raised: {errors[0]}")
    return Finds(
        rows=np.concatenate([part.rows for part in parts]),
        sampled=sample.seen(reached) - len(errors),
        x=np.concatenate([part.x for part in parts]),
        z=np.concatenate([part.truth.points for part in parts]),
        distance=np.concatenate([part.distance for part in parts]),
        scores_before=np.concatenate([part.truth.scores_before for part in parts]),
        scores_after=np.concatenate([part.truth.scores_after for part in parts]),
        queries=sum(part.queries for part in parts),
        notes=tuple(dict.fromkeys(notes)),
    )


def _batches(n: int, case: Case, pace: float) -> Iterator[Ints]:
    """Consecutive rows; where the clock would run out within a batch, only as many as there is time for.

    Args:
        n: rows in all.
        case: whose clock counts.
        pace: seconds that a row is expected to take, until the first batch has shown it.
    """
    begun, done, number = case.clock.elapsed, 0, 0
    while done < n:
        size = min(_SIZES[min(number, len(_SIZES) - 1)], n - done)
        if math.isfinite(case.clock.seconds):
            pace = (case.clock.elapsed - begun) / done if done else pace
            affordable = max(case.clock.remaining, 0.0) / pace if pace else size
            if done and affordable < min(_LEAST, size):
                return
            size = max(1, int(min(size, affordable)))
        yield np.arange(done, done + size)
        done, number = done + size, number + 1


def _answered(
    probe: Attack, case: Case, sample: Sample, rows: Ints, epsilons: Sequence[float], errors: list[PredictionError]
) -> list[_Batch]:
    """Attack a batch; where the model raises, its halves, down to the row that cannot be answered."""
    try:
        return [_search(probe, case, sample, rows, epsilons)]
    except PredictionError as error:
        if len(rows) == 1:
            errors.append(error)
            return []
    halves = np.array_split(rows, 2)
    return [part for half in halves for part in _answered(probe, case, sample, half, epsilons, errors)]


def _search(probe: Attack, case: Case, sample: Sample, rows: Ints, epsilons: Sequence[float]) -> _Batch:
    """The attack at the threat's epsilon; then, for the curve of an attack at fixed epsilon, at the others.

    Smaller budgets are tried on the rows that broke, larger ones on the rest: a row broken at one epsilon is broken at
    every larger one.
    """
    x, y, most = case.test.x[sample.attacked[rows]], sample.reference[rows], case.threat.epsilon
    z, queries, note = _once(probe, case, x, y, most)
    truth = verify(case.target, case.test.space, case.threat, x, y, z)
    batch = _Batch(rows, x, y, truth, np.where(truth.success, truth.distance, np.inf), queries, note)
    if probe.minimizes:
        return batch
    radii = tuple(epsilons) or tuple(fraction * most for fraction in _FRACTIONS)
    for epsilon in sorted((e for e in radii if e < most), reverse=True):
        broken = np.flatnonzero((batch.distance > epsilon) & within(batch.distance, most))
        _again(probe, case, batch, broken, epsilon, least=0.0)
    for epsilon in sorted(e for e in radii if e > most):
        # a second search must not improve the first one's success at the threat's epsilon and query budget
        _again(probe, case, batch, np.flatnonzero(np.isinf(batch.distance)), epsilon, least=most * _BEYOND)
    return batch


def _again(probe: Attack, case: Case, batch: _Batch, rows: Ints, epsilon: float, least: float) -> None:
    """One more search for the curve: by another attacker with another epsilon and the same query budget."""
    if not len(rows) or case.clock.is_over:
        return
    x, y, threat = batch.x[rows], batch.y[rows], replace(case.threat, epsilon=epsilon)
    z, _, _ = _once(probe, case, x, y, epsilon)
    batch.keep(rows, verify(case.target, case.test.space, threat, x, y, z), least)


def _once(probe: Attack, case: Case, x: Array, y: Array, epsilon: float) -> tuple[Array, int, str]:
    """Found inputs, rows asked, and a note when the budget was overrun."""
    limit = None if case.threat.queries is None else case.threat.queries * len(x)
    meter = Meter(case.target, knowledge=case.threat.knowledge, limit=limit)
    try:
        z = probe.search(replace(case, subject=meter), x.copy(), y.copy(), epsilon)
    except BudgetExhausted:
        return x.copy(), meter.tally.queries, "the query budget ran out within a batch, which counts as not broken"
    return z, meter.tally.queries, ""
