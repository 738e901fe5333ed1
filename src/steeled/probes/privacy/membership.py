"""Can an outsider tell whose data the model was trained on?

What it tests. The attacker holds a person's record, knows how the model is trained and has similar data. He trains
``shadows`` models of his own with the model's recipe, in pairs on complementary random halves of all rows, so that each
record is inside exactly half of them. A record on which the audited model is surer of the true class than the shadows
are on average was probably in its training data (RMIA, online). Training rows are told from test rows in this way.

How to read it. ``tpr_at_1pct_fpr`` of 0.08 means: of 100 people in the training data 8 are recognised, while of 100
outsiders one is accused by mistake. ``auc`` is the chance that a training row scores above an outside row: 0.5 is
guessing. Intervals allow for members and outsiders being samples; the threshold of a rate is a guess from the
outsiders. ``accuracy_gap`` is what the crudest attacker has, accuracy on training rows minus that on others. All
attacks are *at least*: more shadows find a little more. A rate that fewer than ten false alarms would support is not
given. The table ``controls`` shows that shuffled membership gives 0.5, and what one of our own shadows leaks when we
know for certain what it was trained on.

What it cannot show. That a model is anonymous or lawful; attributes or whole records given away (inversion); people
who are easier to recognise than others. If training and test rows come from different times or sources, part of the
difference is that, not memory: compare with the shadow in ``controls``. Fitting a population of further outsiders
would only turn the score into a percentile, without changing the curve. Rows of classes with fewer than four rows are
left out.

References. Zarifzadeh, Liu and Shokri 2024, arXiv:2312.03262 (RMIA); Carlini et al. 2022, arXiv:2112.03570 (rates at
few false alarms); DeLong et al. 1988; MITRE ATLAS AML.T0024.000; NIST AI 100-2 NISTAML.033.

Cost. ``shadows`` trainings, 4 by default, and one query for each record. It stops after a pair of shadows when its time
is over.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Bools, Floats, Ints
from steeled.core.artifact import Curve, CurveRole, Point, Result, Table
from steeled.core.case import Case
from steeled.core.dataset import Dataset
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind, Task
from steeled.core.target import Target
from steeled.maths.intervals import clopper_pearson
from steeled.maths.roc import auc, roc, tpr_at
from steeled.probes._estimate import difference_of, share_of
from steeled.probes._pace import Pace
from steeled.probes._scores import probabilities
from steeled.probes.asking import ask_all

_FEWEST_RECORDS = 20  # of either group
_FEWEST_OF_CLASS = 4
_TINY = 1e-6
_RATES = {"tpr_at_0_1pct_fpr": 0.001, "tpr_at_1pct_fpr": 0.01, "tpr_at_5pct_fpr": 0.05}
_SHOWN_POINTS = 60


@dataclass(frozen=True, slots=True)
class _Records:
    """The rows in question.

    Args:
        pool: members, then outsiders; what shadows are trained on.
        rows: positions in the pool of the records, balanced between the groups.
        member: whether each record was in the model's training data.
    """

    pool: Dataset
    rows: Ints
    member: Bools


@dataclass(frozen=True, slots=True)
class _Shadows:
    """Models of the attacker, in complementary pairs.

    Args:
        chance: probability that each gives to the true class of each record, (k, n).
        inside: whether the record was in its training half, (k, n).
    """

    chance: Floats
    inside: Bools


@dataclass(frozen=True, slots=True)
class Membership:
    """RMIA online with few shadow models.

    Args:
        shadows: even, 2 to 64.
        records: at most this many training rows and as many others are judged, 20 to 1,000,000.
    """

    shadows: int = 4
    records: int = 2000

    risk: ClassVar[Risk] = Risk.PRIVACY
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(
        access=Access.SCORES,
        test=True,
        train=True,
        members=True,
        recipe=True,
        tasks=frozenset({Task.CLASSIFICATION}),
        score_kinds=frozenset({ScoreKind.PROBABILITIES, ScoreKind.LOGITS}),
    )
    references: ClassVar[tuple[str, ...]] = ("AML.T0024.000", "NISTAML.033", "arXiv:2312.03262", "arXiv:2112.03570")

    def __post_init__(self) -> None:
        if not (2 <= self.shadows <= 64 and self.shadows % 2 == 0):
            raise ValueError(f"shadows must be an even number from 2 to 64, got {self.shadows}")
        if not _FEWEST_RECORDS <= self.records <= 1_000_000:
            raise ValueError(f"records must be from {_FEWEST_RECORDS} to 1,000,000, got {self.records}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=2 * self.records, trainings=self.shadows)

    def inspect(self, case: Case) -> Result:
        """Area under the curve, recognised members at fixed shares of false alarms, and the curve.

        Random: which records are judged, the halves and seeds of the shadows, the shuffled control.
        """
        drawn = _draw(case, self.records)
        if isinstance(drawn, str):
            return _nothing(drawn)
        shadows = self._train(case, drawn)
        records = drawn.pool.take(drawn.rows)
        target = probabilities(ask_all(case.target, records.x), case.target.signature.score_kind)
        chance = target[np.arange(len(records)), records.y]
        score = ratio(chance, shadows.chance)
        correct = target.argmax(axis=1) == records.y
        note = f"{len(shadows.chance)} shadow models; interval over records, not over other trainings of the model"
        return Result(
            measurements=(
                _area(score, drawn.member, note),
                *(_rate(name, score, drawn.member, self.records) for name in _RATES),
                _gap(correct, drawn.member),
            ),
            curves=(_curve(score, drawn.member),),
            tables=(_controls(score, drawn.member, shadows, case.rng),),
        )

    def _train(self, case: Case, drawn: _Records) -> _Shadows:
        """Shadows in pairs; at least one pair."""
        pace, pool = Pace(case.clock), drawn.pool
        records = pool.take(drawn.rows)
        chance, inside = [], []
        for pair in range(self.shadows // 2):
            half = stratified_half(pool.y, case.rng)
            seeds = case.rng.integers(2**31, size=2)
            if pair and not pace.allows_another():
                break
            with pace.step():
                for members, seed in zip((half, ~half), seeds, strict=True):
                    model = case.recipe.fit(pool.take(members), int(seed))
                    chance.append(_true_class(model, records))
                    inside.append(members[drawn.rows])
        return _Shadows(np.array(chance), np.array(inside))


def ratio(target: Floats, references: Floats) -> Floats:
    """RMIA score of each record: probability by the target over its mean by the references, shape (n,).

    For one target, the share of a population that lies below this ratio rises strictly with it, so that both have the
    same ROC curve.

    Args:
        target: probability of the true class, (n,), float64.
        references: the same by k models of which half were trained on the record, (k, n).

    Source: Zarifzadeh et al. 2024, arXiv:2312.03262, equation 2.
    """
    return np.asarray(np.maximum(target, _TINY) / np.maximum(references, _TINY).mean(axis=0))


def stratified_half(y: Ints, rng: np.random.Generator) -> Bools:
    """A random half of the rows that holds half of each class, up to one row; shape (n,)."""
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    half = np.zeros(len(y), dtype=bool)
    half[order[rng.integers(2) :: 2]] = True
    return half


def _draw(case: Case, most: int) -> _Records | str:
    """Pool and balanced records; or why there are none."""
    pool = case.train.join(case.test)
    member = np.arange(len(pool)) < len(case.train)
    sizes = np.bincount(pool.y, minlength=len(pool.classes))
    usable = sizes[pool.y] >= _FEWEST_OF_CLASS
    pool, member = pool.take(usable), member[usable]
    count = min(int(member.sum()), int((~member).sum()), most)
    if count < _FEWEST_RECORDS:
        return f"needs {_FEWEST_RECORDS} training rows and as many others, got {count}"
    if len(np.unique(pool.y)) < 2:
        return "all labels are the same"
    rows = np.concatenate([case.rng.permutation(np.flatnonzero(group))[:count] for group in (member, ~member)])
    return _Records(pool, rows, member[rows])


def _true_class(model: Target, records: Dataset) -> Floats:
    chances = probabilities(ask_all(model, records.x), model.signature.score_kind)
    return np.asarray(chances[np.arange(len(records)), records.y])


def _area(score: Floats, member: Bools, note: str) -> Measurement:
    area = auc(score, member)
    return Measurement("auc", area.value, area.low, area.high, len(score), Unit.VALUE, Bound.AT_LEAST, note)


def _rate(name: str, score: Floats, member: Bools, most: int) -> Measurement:
    """Recognised members at one share of false alarms, or how many outsiders that would take."""
    fpr, outsiders = _RATES[name], int((~member).sum())
    found = tpr_at(score, member, fpr)
    if found is None:
        needed = round(10 / fpr)
        reason = f"{outsiders} outsiders allow fewer than ten false alarms at {100 * fpr:g} %; needs {needed:,}"
        if outsiders == most:
            reason += f" and the parameter `records` at {needed:,}, as there may be more"
        return not_measurable(name, Unit.SHARE, Bound.AT_LEAST, reason, outsiders, needed)
    note = f"the true share of false alarms lies between {100 * found.fpr_low:.2g} and {100 * found.fpr_high:.2g} %"
    return Measurement(name, found.tpr, found.low, found.high, found.n, Unit.SHARE, Bound.AT_LEAST, note)


def _gap(correct: Bools, member: Bools) -> Measurement:
    """Accuracy on members minus accuracy on outsiders."""
    inside, outside = (share_of(int(correct[group].sum()), int(group.sum())) for group in (member, ~member))
    note = "accuracy on training rows minus accuracy on others: what the crudest attacker has"
    return difference_of(inside, outside).measurement("accuracy_gap", Unit.POINTS, Bound.EITHER, note)


def _curve(score: Floats, member: Bools) -> Curve:
    """ROC at false-alarm rates spread evenly on a log scale; blocks of equal scores whole, nothing interpolated."""
    whole, members = roc(score, member), int(member.sum())
    above = np.flatnonzero(whole.fpr > 0)
    wanted = np.geomspace(whole.fpr[above[0]], 1.0, _SHOWN_POINTS)
    last = np.unique(np.searchsorted(whole.fpr, wanted * (1 + 1e-12), side="right") - 1)
    points = []
    for i in last[last >= above[0]]:
        found = round(float(whole.tpr[i]) * members)
        low, high = clopper_pearson(found, members)
        points.append(Point(float(whole.fpr[i]), found / members, low, high, members))
    return Curve(
        name="roc",
        role=CurveRole.ATTACK,
        label="membership",
        x_label="outsiders accused",
        y_label="members recognised",
        y_unit=Unit.SHARE,
        points=tuple(points),
        x_is_log=True,
        x_unit=Unit.SHARE,
    )


def _controls(score: Floats, member: Bools, shadows: _Shadows, rng: np.random.Generator) -> Table:
    """Areas that show the method itself: none where there is nothing to find, one where membership is certain."""
    areas = {"this model": auc(score, member), "membership shuffled": auc(score, rng.permutation(member))}
    if len(shadows.chance) > 2:
        # its own complement would give the split away
        own = ratio(shadows.chance[0], shadows.chance[2:])
        areas["a shadow model of ours"] = auc(own, shadows.inside[0])
    rows = tuple((name, round(a.value, 4), round(a.low, 4), round(a.high, 4)) for name, a in areas.items())
    caption = "0.5 is guessing; the shuffled interval misses it once in 20 times by chance"
    return Table("controls", ("judged", "area under the curve", "low", "high"), rows, caption)


def _nothing(reason: str) -> Result:
    rates = [not_measurable(name, Unit.SHARE, Bound.AT_LEAST, reason) for name in _RATES]
    return Result(
        (
            not_measurable("auc", Unit.VALUE, Bound.AT_LEAST, reason),
            *rates,
            not_measurable("accuracy_gap", Unit.POINTS, Bound.EITHER, reason),
        )
    )
