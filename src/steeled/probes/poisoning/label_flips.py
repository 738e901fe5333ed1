"""How much accuracy is lost when somebody changes labels before the model is trained?

What it tests. The model's own recipe is trained again on training rows of which a share carries a false label, and
compared on the same test rows with the same recipe trained on the labels as they are. An attacker who knows the recipe
takes rows of the largest class, those first that a clean model is surest of, and gives them their runner-up class, or
the class that he wants (``goal.wanted``). Random mistakes of the same number are the baseline. For
regression, values are moved to the far end of their range.

How to read it. ``accuracy_drop`` is in points: 0.08 means that eight more of 100 test rows are answered wrongly when
the attacker controls ``poisoned_share`` of the training rows. ``error_growth`` says by which factor the root mean
square error grows: 0.5 is half as large again. Either is *at least*: a cleverer choice of rows may cost more. The
interval counts other test rows and other training seeds. A curve close to the baseline means that the attacker gains
little over honest mistakes; a falling baseline means that the recipe does not forgive mistakes either.

What it cannot show. Backdoors (a trigger that flips single answers leaves accuracy alone), added or changed inputs,
and whether *these* data were poisoned (see ``label_errors``). Ten rows of each class always keep their label.

References. MITRE ATLAS AML.T0020 (poison training data), AML.T0031; NIST AI 100-2 NISTAML.013; Biggio, Nelson and
Laskov 2012, arXiv:1206.6389 (label flips against support vector machines).

Cost. 9 trainings for each of ``seeds``, 18 by default; no queries. It stops between trainings when its time is over,
but not before it has trained the clean model and the one with the attacker's share.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Floats
from steeled.core.artifact import Curve, CurveRole, Result
from steeled.core.case import Case
from steeled.core.dataset import Dataset
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.target import Target
from steeled.probes._estimate import Estimate, Spread, growth_of, mean_of, root_of, spread_of
from steeled.probes._flips import KEPT, Flips, extreme_flips, random_flips, surest_flips
from steeled.probes._pace import Pace
from steeled.probes._scores import answers, probabilities
from steeled.probes.asking import ask_all

_FEWEST_ROWS = 10
_CLEAN = (CurveRole.ATTACK, 0.0)
_ATTACKED = (CurveRole.ATTACK, 1.0)


@dataclass(slots=True)
class _Trial:
    """Trainings that differ only in their seed.

    Args:
        share: of the training labels that were changed.
        losses: for each training, 1 for a wrong answer and 0 for a right one, or the squared error, of each test row.
    """

    share: float
    losses: list[Floats] = field(default_factory=list)

    @property
    def mean(self) -> Floats:
        """Of each row over the trainings."""
        return np.asarray(np.mean(self.losses, axis=0))


_Trials = dict[tuple[CurveRole, float], _Trial]
"""By who changes labels, and how many times the attacker's share of them."""


@dataclass(frozen=True, slots=True)
class LabelFlips:
    """Trains the recipe again on flipped labels.

    Args:
        seeds: trainings for each share, 1 to 20; twice as many at the attacker's own share and on clean labels.
    """

    seeds: int = 2

    risk: ClassVar[Risk] = Risk.POISONING
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(access=Access.LABELS, test=True, train=True, recipe=True)
    references: ClassVar[tuple[str, ...]] = ("AML.T0020", "AML.T0031", "NISTAML.013", "arXiv:1206.6389")

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= 20:
            raise ValueError(f"seeds must be from 1 to 20, got {self.seeds}")

    def cost(self, rows: int) -> Cost:
        return Cost(trainings=9 * self.seeds)

    def inspect(self, case: Case) -> Result:
        """Accuracy, or error, of the recipe against the share of changed labels.

        Random: training seeds, random flips, ties among the attacker's rows.
        """
        obstacle = _obstacle(case)
        if obstacle:
            return _nothing(case, obstacle)
        trials = self._trials(case)
        return _classification(trials) if case.train.classes else _regression(trials)

    def _trials(self, case: Case) -> _Trials:
        seeds = [int(seed) for seed in case.rng.integers(2**31, size=2 * self.seeds)]
        attack: Flips | None = None
        trials: _Trials = {}
        pace = Pace(case.clock)
        for number, (role, multiple, which) in enumerate(self._schedule()):
            if number > 1 and not pace.allows_another():
                break
            data, changed = case.train, 0
            if multiple:
                flips = attack if attack and role is CurveRole.ATTACK else random_flips(case.train, case.rng)
                data, changed = flips.apply(case.train, count=_count(case, multiple))
            with pace.step():
                model = case.recipe.fit(data, seeds[which])
            attack = attack or _attack(case, model)
            trial = trials.setdefault((role, multiple), _Trial(changed / len(data)))
            trial.losses.append(_loss(model, case.test))
        return trials

    def _schedule(self) -> Iterator[tuple[CurveRole, float, int]]:
        """Who, which multiple of the share, which seed; what matters most comes first, and the clean model at once."""
        for seed in range(2 * self.seeds):
            yield *_CLEAN, seed
            yield *_ATTACKED, seed
        for multiple in (1.0, 2.0):
            yield from ((CurveRole.BASELINE, multiple, seed) for seed in range(self.seeds))
        for multiple in (2.0, 0.5, 0.25):
            yield from ((CurveRole.ATTACK, multiple, seed) for seed in range(self.seeds))


def _obstacle(case: Case) -> str:
    """Why labels cannot be flipped here; empty when they can."""
    present, sizes = np.unique(case.train.y, return_counts=True)
    if len(case.test) < _FEWEST_ROWS:
        return f"needs at least {_FEWEST_ROWS} test rows, got {len(case.test)}"
    if len(present) < 2:
        return "all training labels are the same"
    if case.train.classes and sizes[present != case.threat.goal.wanted].max() <= KEPT:
        return f"no class that an attacker would flip has more than {KEPT} training rows"
    return ""


def _nothing(case: Case, reason: str) -> Result:
    drop, clean = ("accuracy_drop", "accuracy_clean") if case.train.classes else ("error_growth", "error_clean")
    units = (Unit.POINTS, Unit.SHARE) if case.train.classes else (Unit.VALUE, Unit.VALUE)
    return Result(
        measurements=(
            not_measurable(drop, units[0], Bound.AT_LEAST, reason),
            not_measurable(clean, units[1], Bound.EITHER, reason),
        )
    )


def _count(case: Case, multiple: float) -> int:
    """How many labels are changed at a multiple of the attacker's share: at least one, at most all."""
    return min(max(round(multiple * case.threat.poisoned_share * len(case.train)), 1), len(case.train))


def _attack(case: Case, model: Target) -> Flips:
    if not case.train.classes:
        return extreme_flips(case.train, case.rng)
    sure = probabilities(ask_all(model, case.train.x), model.signature.score_kind)
    return surest_flips(case.train, sure, case.threat.goal.wanted, case.rng)


def _loss(model: Target, test: Dataset) -> Floats:
    answer: Array = answers(ask_all(model, test.x), model.signature)
    loss = answer != test.y if test.classes else (answer - test.y) ** 2
    return np.asarray(loss, dtype=np.float64)


def _classification(trials: _Trials) -> Result:
    clean, attacked = trials[_CLEAN], trials[_ATTACKED]
    spread = spread_of([np.array([loss.mean() for loss in trial.losses]) for trial in trials.values()])
    pairs = len(attacked.losses)
    drop = mean_of(
        np.mean(attacked.losses, axis=0) - np.mean(clean.losses[:pairs], axis=0),
        limits=(-1.0, 1.0),
        retraining=spread.error(2 / pairs),
    )

    def accuracy(trial: _Trial) -> Estimate:
        return mean_of(1 - trial.mean, limits=(0.0, 1.0), retraining=spread.error(1 / len(trial.losses)))

    measurements = (
        drop.measurement("accuracy_drop", Unit.POINTS, Bound.AT_LEAST, _note(trials, spread)),
        accuracy(clean).measurement("accuracy_clean", Unit.SHARE, Bound.EITHER, "mean over clean trainings"),
    )
    return Result(measurements, _curves({key: accuracy(trial) for key, trial in trials.items()}, trials, Unit.SHARE))


def _regression(trials: _Trials) -> Result:
    clean, attacked = trials[_CLEAN], trials[_ATTACKED]
    if any(trial.mean.mean() <= 0 for trial in trials.values()):
        reason = "a model without any error has no relative growth of error"
        return Result((not_measurable("error_growth", Unit.VALUE, Bound.AT_LEAST, reason, len(clean.mean)),))
    spread = spread_of([np.array([0.5 * np.log(loss.mean()) for loss in t.losses]) for t in trials.values()])
    pairs = len(attacked.losses)
    growth = growth_of(np.mean(clean.losses[:pairs], axis=0), attacked.mean, retraining=spread.error(2 / pairs))

    def error(trial: _Trial) -> Estimate:
        return root_of(trial.mean, retraining=spread.error(1 / len(trial.losses)))

    measurements: tuple[Measurement, ...] = (
        growth.measurement("error_growth", Unit.VALUE, Bound.AT_LEAST, _note(trials, spread)),
        error(clean).measurement("error_clean", Unit.VALUE, Bound.EITHER, "root mean square over clean trainings"),
    )
    return Result(measurements, _curves({key: error(trial) for key, trial in trials.items()}, trials, Unit.VALUE))


def _note(trials: _Trials, spread: Spread) -> str:
    attacked, random = trials[_ATTACKED], trials.get((CurveRole.BASELINE, 1.0))
    notes = [f"{100 * attacked.share:.3g} % of the training labels changed, {len(attacked.losses)} trainings"]
    if random and random.mean.mean() > attacked.mean.mean():
        notes.append("random flips cost even more here: see the curve")
    if not spread.freedom:
        notes.append("one seed: the spread between trainings is not in the interval")
    return "; ".join(notes)


def _curves(estimates: dict[tuple[CurveRole, float], Estimate], trials: _Trials, unit: Unit) -> tuple[Curve, ...]:
    """Chosen flips, and random ones where there was time for them; both start at the clean model."""
    name, axis = ("accuracy", "accuracy") if unit is Unit.SHARE else ("error", "root mean square error")
    curves = []
    for role, label in ((CurveRole.ATTACK, "chosen flips"), (CurveRole.BASELINE, "random flips")):
        keys = [key for key in estimates if key[0] is role and key != _CLEAN]
        points = [estimates[key].point(trials[key].share) for key in (_CLEAN, *keys)]
        if len(points) > 1:
            ordered = tuple(sorted(points, key=lambda point: point.x))
            curves.append(Curve(name, role, label, "training labels changed", axis, unit, ordered, x_unit=Unit.SHARE))
    return tuple(curves)
