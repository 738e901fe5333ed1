"""When the model says that it is 90 % sure, is it right nine times out of ten?

What it tests. The confidence of each answer (probability of the class that the model decides for) is compared with how
often such answers are right, on rows that the model was not trained on. Rows are put into 15 bins of equal size by
confidence; from the squared gap of each bin its own sampling variance is taken off, because the usual calibration error
is above zero even for a perfect model.

How to read it. ``calibration_rms`` is the typical gap in points: 0.05 means that stated and observed accuracy differ by
about five of 100; it is *at least*, as rows of one bin may err in both ways. ``overconfidence`` is mean confidence
minus accuracy: above 0 the model promises too much. ``calibration_p`` is the chance of a gap this large if every stated
probability were true: below 0.05 the model is not calibrated. The curve shows where it errs.

What it cannot show. The probabilities of the classes that were not answered; single groups of people, whose errors may
cancel out; errors inside one bin, which can only make the truth worse. Rows are taken as independent of each other.

References. Kumar, Liang and Ma 2019, arXiv:1909.10155 (debiased error); Vaicenavicius et al. 2019, arXiv:1902.06977;
Bröcker and Smith 2007 (consistency resampling); NIST AI RMF 1.0, MEASURE 2.5.

Cost. One query for each test row, at most ``most_rows``; no training.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Bools, Floats
from steeled.core.artifact import Curve, CurveRole, Point, Result
from steeled.core.case import Case
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind, Task
from steeled.maths.calibration import calibration_error, calibration_p
from steeled.probes._estimate import mean_of
from steeled.probes._scores import probabilities, softmax_note
from steeled.probes.asking import ask_all

_FEWEST_ROWS = 50
_BINS = 15
_SHOWN_BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """Compares stated confidence with observed accuracy.

    Args:
        most_rows: at most this many test rows are asked, at random, 50 to 1,000,000.
        simulations: of the test of perfect calibration, 99 to 9,999.
    """

    most_rows: int = 20_000
    simulations: int = 499

    risk: ClassVar[Risk] = Risk.OVERRELIANCE
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(
        access=Access.SCORES,
        tasks=frozenset({Task.CLASSIFICATION}),
        score_kinds=frozenset({ScoreKind.PROBABILITIES, ScoreKind.LOGITS}),
    )
    references: ClassVar[tuple[str, ...]] = ("arXiv:1909.10155", "arXiv:1902.06977", "NIST AI RMF MEASURE 2.5")

    def __post_init__(self) -> None:
        if not _FEWEST_ROWS <= self.most_rows <= 1_000_000:
            raise ValueError(f"most_rows must be from {_FEWEST_ROWS} to 1,000,000, got {self.most_rows}")
        if not 99 <= self.simulations <= 9_999:
            raise ValueError(f"simulations must be from 99 to 9,999, got {self.simulations}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=min(rows, self.most_rows))

    def inspect(self, case: Case) -> Result:
        """Debiased calibration error, its test, overconfidence, and the reliability curve.

        Random: which rows are asked where there are more than ``most_rows``; the simulations.
        """
        if len(case.test) < _FEWEST_ROWS:
            return _nothing(f"needs {_FEWEST_ROWS} test rows, got {len(case.test)}", len(case.test))
        rows = case.rng.permutation(len(case.test))[: self.most_rows]
        kind = case.target.signature.score_kind
        chances = probabilities(ask_all(case.target, case.test.x[rows]), kind)
        confidence = np.clip(chances.max(axis=1), 0.0, 1.0)
        correct = np.asarray(chances.argmax(axis=1) == case.test.y[rows])
        p = calibration_p(confidence, correct, rng=case.rng, simulations=self.simulations, bins=_BINS)
        return Result(
            measurements=(
                _rms(confidence, correct, softmax_note(kind)),
                Measurement("calibration_p", p, None, None, len(rows), Unit.VALUE, Bound.EITHER),
                mean_of(confidence - correct, limits=(-1.0, 1.0)).measurement(
                    "overconfidence", Unit.POINTS, Bound.EITHER, "mean confidence minus accuracy"
                ),
            ),
            curves=(_reliability(confidence, correct),),
        )


def _rms(confidence: Floats, correct: Bools, note: str) -> Measurement:
    """Square root of the unbiased squared error; both ends of its interval cut off at 0; bins can only hide error."""
    error = calibration_error(confidence, correct, bins=_BINS)
    low, high = (max(end, 0.0) ** 0.5 for end in (error.low, error.high))
    return Measurement("calibration_rms", error.rms, low, high, len(correct), Unit.POINTS, Bound.AT_LEAST, note)


def _reliability(confidence: Floats, correct: Bools) -> Curve:
    bins = calibration_error(confidence, correct, bins=_SHOWN_BINS).bins
    return Curve(
        name="reliability",
        role=CurveRole.ATTACK,
        label="this model",
        x_label="stated confidence",
        y_label="answers that are right",
        y_unit=Unit.SHARE,
        points=tuple(Point(bin.stated, bin.observed, bin.low, bin.high, bin.n) for bin in bins),
        x_unit=Unit.SHARE,
    )


def _nothing(reason: str, n: int) -> Result:
    names = (
        ("calibration_rms", Unit.POINTS, Bound.AT_LEAST),
        ("calibration_p", Unit.VALUE, Bound.EITHER),
        ("overconfidence", Unit.POINTS, Bound.EITHER),
    )
    return Result(
        tuple(not_measurable(name, unit, bound, reason, n, needed=_FEWEST_ROWS) for name, unit, bound in names)
    )
