"""Which training labels look wrong, and how many wrong ones would be noticed?

What it tests. The recipe is trained on all folds of the training rows but one, and asked about that one, so that each
row is judged by a model that never saw its label. A label is suspect when its probability is below the mean that rows
of this class get, and another class reaches the mean of its own rows (confident learning). Then the same is done after
this probe has flipped 5 % of the labels itself, at random: that measures what the method can see in *these* data.

How to read it. ``suspect_share`` is the share of rows flagged, mistakes of the model included; read it beside
``planted_found`` (of the labels that we flipped, how many were flagged) and ``planted_false`` (of the labels that we
left alone, how many were flagged). Only when much is found and few are flagged wrongly does a low share mean clean
labels. The table names the rows to look at first.

What it cannot show. Backdoors and clean-label poison: such rows look *cleaner* than others. Mistakes that many rows
share in the same way are learned, not flagged. Labels that an attacker chose with care are harder to find than the
random ones that are planted here. Classes with fewer than two rows for each fold are not judged, and nothing is where
the models learned nothing. On a few dozen rows so few errors can be planted that ``planted_found`` has a wide interval.

References. Northcutt, Jiang and Chuang 2021, arXiv:1911.00068 (confident learning); MITRE ATLAS AML.T0020;
NIST AI 100-2 NISTAML.013.

Cost. 2 trainings for each of ``folds``, 6 by default; no queries. It stops between trainings when its time is over;
then only the rows of finished folds are judged.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.artifact import Result, Table
from steeled.core.case import Case
from steeled.core.dataset import Dataset
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import Task
from steeled.probes._estimate import share_of
from steeled.probes._flips import random_flips
from steeled.probes._pace import Pace
from steeled.probes._scores import probabilities
from steeled.probes.asking import ask_all

_SHOWN = 20
_FEWEST_ROWS = 20
_MEASURES = ("suspect_share", "planted_found", "planted_false")


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows with out-of-sample probabilities.

    Args:
        rows: their numbers, in order.
        given: label of each as the model was trained, (m,).
        chances: probabilities by a model that did not see the row, (m, k).
        likely: the class that speaks against the given label; the given one where none does, (m,).
        learned: whether any model tells its held-out rows apart.
    """

    rows: Ints
    given: Ints
    chances: Floats
    likely: Ints
    learned: bool

    @property
    def suspect(self) -> Bools:
        return np.asarray(self.likely != self.given)


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """Confident learning, with its power measured by planted errors.

    Args:
        folds: 3 to 10; more cost more and judge by models closer to the whole.
        planted_share: of the labels that are flipped to measure the power, 0.01 to 0.2.
    """

    folds: int = 3
    planted_share: float = 0.05

    risk: ClassVar[Risk] = Risk.POISONING
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(
        access=Access.LABELS, test=False, train=True, learner=True, tasks=frozenset({Task.CLASSIFICATION})
    )
    references: ClassVar[tuple[str, ...]] = ("AML.T0020", "NISTAML.013", "arXiv:1911.00068")

    def __post_init__(self) -> None:
        if not 3 <= self.folds <= 10:
            raise ValueError(f"folds must be from 3 to 10, got {self.folds}")
        if not 0.01 <= self.planted_share <= 0.2:
            raise ValueError(f"planted_share must be from 0.01 to 0.2, got {self.planted_share}")

    def cost(self, rows: int) -> Cost:
        return Cost(trainings=2 * self.folds)

    def inspect(self, case: Case) -> Result:
        """Suspect rows, and the share of planted errors that the same method finds.

        Random: folds, training seeds, planted errors.
        """
        data, pace = case.train, Pace(case.clock)
        sizes = np.bincount(data.y, minlength=len(data.classes))
        if len(data) < _FEWEST_ROWS or (sizes >= 2 * self.folds).sum() < 2:
            return _nothing(
                f"needs {_FEWEST_ROWS} training rows and two classes with {2 * self.folds} rows or more each"
            )
        found = self._judge(case, data, pace)
        if not found.learned:
            return _nothing("the models answer every row alike: they learned nothing to hold a label against")
        measurements = [_suspect_share(found, len(data))]
        if len(found.rows) == _judgeable(data, self.folds).sum() and pace.allows_another():
            measurements += self._power(case, pace)
        else:
            measurements += [
                not_measurable(name, Unit.SHARE, Bound.EITHER, "there was no time left to plant errors")
                for name in _MEASURES[1:]
            ]
        return Result(tuple(measurements), tables=_suspects(found, case))

    def _power(self, case: Case, pace: Pace) -> list[Measurement]:
        """How many planted errors are found, and how many other labels are flagged."""
        count = max(round(self.planted_share * len(case.train)), 1)
        spoilt, _ = random_flips(case.train, case.rng).apply(case.train, count)
        judged = self._judge(case, spoilt, pace)
        planted = (spoilt.y != case.train.y)[judged.rows]
        return [
            _share("planted_found", judged.suspect[planted], "of labels that this probe flipped at random"),
            _share("planted_false", judged.suspect[~planted], "of labels left alone, those suspect before included"),
        ]

    def _judge(self, case: Case, data: Dataset, pace: Pace) -> _Judged:
        """Out-of-sample probabilities of each row that may be held out; at least one fold is finished."""
        fold = _folds(data, self.folds, case.rng)
        chances = np.zeros((len(data), len(data.classes)))
        finished, learned = np.zeros(len(data), dtype=bool), False
        for number in range(self.folds):
            seed = int(case.rng.integers(2**31))
            if number and not pace.allows_another():
                break
            held_out = fold == number
            with pace.step():
                model = case.learner.fit(data.take(~held_out), seed)
                scores = ask_all(model, data.x[held_out])
            chances[held_out] = probabilities(scores, model.signature.score_kind)
            finished |= held_out
            learned |= bool(np.ptp(chances[held_out], axis=0).any())
        rows = np.flatnonzero(finished)
        given = data.y[rows]
        return _Judged(rows, given, chances[rows], likely_labels(chances[rows], given), learned)


def likely_labels(chances: Floats, given: Ints) -> Ints:
    """The confident-learning rule: the class that speaks against each label, or the label itself, shape (n,).

    A label is doubted when its probability is below the mean of its class and another class is at its own mean or
    above; among several such classes the most probable counts. One-hot answers make this plain disagreement.

    Args:
        chances: out-of-sample probabilities, shape (n, k).
        given: labels, shape (n,).

    Source: Northcutt et al. 2021, arXiv:1911.00068, section 3.
    """
    every = np.arange(len(given))
    own = chances[every, given]
    sizes = np.bincount(given, minlength=chances.shape[1])
    sums = np.bincount(given, weights=own, minlength=chances.shape[1])
    # a class without a judged row accuses nobody
    threshold = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    reaching = np.where(chances >= threshold, chances, -1.0)
    reaching[every, given] = -1.0
    rival = reaching.argmax(axis=1)
    doubted = (own < threshold[given]) & (reaching[every, rival] > 0)
    return np.asarray(np.where(doubted, rival, given))


def _judgeable(data: Dataset, folds: int) -> Bools:
    """Rows of classes large enough to be in every training part."""
    sizes = np.bincount(data.y, minlength=len(data.classes))
    return np.asarray(sizes[data.y] >= 2 * folds)


def _folds(data: Dataset, folds: int, rng: np.random.Generator) -> Ints:
    """Fold of each row, stratified and shuffled, shape (n,); -1 for rows that are never held out."""
    fold = np.full(len(data), -1)
    order = rng.permutation(len(data))
    order = order[np.argsort(data.y[order], kind="stable")]
    order = order[_judgeable(data, folds)[order]]
    fold[order] = np.arange(len(order)) % folds
    return fold


def _share(name: str, flagged: Bools, note: str) -> Measurement:
    if not len(flagged):
        return not_measurable(name, Unit.SHARE, Bound.EITHER, "no such row was judged")
    return share_of(int(flagged.sum()), len(flagged)).measurement(name, Unit.SHARE, Bound.EITHER, note)


def _suspect_share(found: _Judged, total: int) -> Measurement:
    left = total - len(found.rows)
    note = f"{left} rows were not judged: rare classes, or no time left" if left else ""
    return _share("suspect_share", found.suspect, note)


def _suspects(found: _Judged, case: Case) -> tuple[Table, ...]:
    """The rows to look at first: largest lead of the likely label over the given one."""
    classes, doubted = case.train.classes, np.flatnonzero(found.suspect)
    if not len(doubted):
        return ()
    own = found.chances[doubted, found.given[doubted]]
    lead = found.chances[doubted, found.likely[doubted]] - own
    order: Array = np.argsort(-lead, kind="stable")[:_SHOWN]
    rows = tuple(
        (
            int(found.rows[i]),
            classes[found.given[i]] if case.report_rows else "given",
            classes[found.likely[i]] if case.report_rows else "other",
            round(float(found.chances[i, found.given[i]]), 4),
        )
        for i in doubted[order]
    )
    caption = f"{len(rows)} of {len(doubted)} suspect rows of the training data, counted from 0"
    return (Table("suspects", ("row", "given label", "likely label", "probability of the given label"), rows, caption),)


def _nothing(reason: str) -> Result:
    return Result(tuple(not_measurable(name, Unit.SHARE, Bound.EITHER, reason) for name in _MEASURES))
