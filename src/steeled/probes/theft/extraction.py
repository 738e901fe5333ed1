"""How good a copy of the model does a thief get for how many questions?

What it tests. A thief has unlabelled rows like the model's own (half of the test rows), asks the model about them and
about new rows made from them, and trains a clone on the answers. The other half of the test rows tells how often clone
and model agree; then the halves change roles, so that each row is judged once by a clone whose thief never held it.
Where the model gives probabilities to this attacker, a second clone learns from them (each question five times, with
labels in proportion); each thief uses the kind that served the *other* one better, so that nothing is picked on the
rows that judge it. An honest competitor trains the same learner on the thief's rows with their *true* labels, at most
as many as the thief asks questions, and asks none: two good models agree anyway.

How to read it. ``fidelity`` is the agreement of the clone after ``clone_queries`` questions (for regression: answers
within a tenth of the standard deviation of the model's answers). Alone it says little: read ``copy_gain``, fidelity
minus the agreement of the honest model. Near 0 means that the thief saves himself the labels and no more; 0.1 means
that ten more of 100 answers are the model's own. Both are *at least*: a thief who chooses questions with care needs
fewer. The curve shows the price of each step; the dotted line is the honest model.

What it cannot show. Thieves without rows like yours (they need far more questions), exact equation solving of linear
models, theft of the file, or whether a given model *was* stolen. Withholding the scores slows this thief by a point or
two; the labels are enough.

References. Tramèr et al. 2016, arXiv:1609.02943; Jagielski et al. 2020, arXiv:1909.01838 (fidelity); Orekondy, Schiele
and Fritz 2019, arXiv:1812.02766; MITRE ATLAS AML.T0024.002, AML.T0005; NIST AI 100-2 NISTAML.031.

Cost. Two thieves of ``queries`` questions each, one query for each test row, and 2 x (4 + ``honest_models``)
trainings, 14 by default, two of them on five times the rows. It stops between trainings when its time is over.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.artifact import Curve, CurveRole, Point, Result
from steeled.core.case import Case
from steeled.core.dataset import Dataset
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind
from steeled.probes._estimate import mean_of, spread_of
from steeled.probes._pace import Pace
from steeled.probes._scores import answers, probabilities
from steeled.probes._synthesis import crossed
from steeled.probes.asking import ask_all
from steeled.probes.theft._soft_labels import repeated

_FEWEST_ROWS = 40
_FEWEST_QUESTIONS = 20
_STEPS = (100, 300, 1000, 3000, 10_000, 30_000)
_COPIES = 5  # of each question whose probabilities are learned
_TOLERANCE = 0.1  # standard deviations of the model's answers


@dataclass(frozen=True, slots=True)
class _Thief:
    """One half of the experiment.

    Args:
        questions: what this thief asks, own rows first.
        answers: of the model to them.
        chances: the model's probabilities for them, (n, k); None where this attacker sees labels only.
        honest: the thief's rows with their true labels.
        judged: positions in the test rows that judge the clone.
        clones: agreement on those rows by number of questions, each (m,).
        informed: the same of clones that learned probabilities; at the largest number only.
        independents: agreement of each honest model on those rows, each (m,).
        learned: whether any honest model gives more than one answer to them.
    """

    questions: Array
    answers: Array
    chances: Floats | None
    honest: Dataset
    judged: Ints
    clones: dict[int, Bools] = field(default_factory=dict)
    informed: dict[int, Bools] = field(default_factory=dict)
    independents: list[Bools] = field(default_factory=list)
    learned: list[bool] = field(default_factory=list)


class _Lesson(Enum):
    """What a model is trained on."""

    LABELS = "labels"
    PROBABILITIES = "probabilities"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Extraction:
    """Clones the model from its answers and compares with an honest model.

    Args:
        queries: most questions of one thief, 20 to 100,000; the threat's own limit counts as well.
        honest_models: trained for each half, 1 to 20.
    """

    queries: int = 1000
    honest_models: int = 3

    risk: ClassVar[Risk] = Risk.THEFT
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(access=Access.LABELS, learner=True)
    references: ClassVar[tuple[str, ...]] = (
        "AML.T0024.002",
        "AML.T0005",
        "NISTAML.031",
        "arXiv:1609.02943",
        "arXiv:1909.01838",
        "arXiv:1812.02766",
    )

    def __post_init__(self) -> None:
        if not _FEWEST_QUESTIONS <= self.queries <= 100_000:
            raise ValueError(f"queries must be from {_FEWEST_QUESTIONS} to 100,000, got {self.queries}")
        if not 1 <= self.honest_models <= 20:
            raise ValueError(f"honest_models must be from 1 to 20, got {self.honest_models}")

    def cost(self, rows: int) -> Cost:
        trainings = self.honest_models + len(_steps(self.queries)) + 1
        return Cost(queries=rows + 2 * self.queries, trainings=2 * trainings)

    def inspect(self, case: Case) -> Result:
        """Fidelity of the clone by number of questions, and its gain over honest models.

        Random: the halves, the made-up questions, training seeds.

        Raises:
            BudgetExhausted: the meter allows fewer questions than the threat.
        """
        if len(case.test) < _FEWEST_ROWS:
            return _nothing(f"needs {_FEWEST_ROWS} test rows, got {len(case.test)}", len(case.test), _FEWEST_ROWS)
        most = self.queries if case.threat.queries is None else min(self.queries, case.threat.queries)
        if most < _FEWEST_QUESTIONS:
            return _nothing(f"this attacker may ask {most} questions; a clone needs {_FEWEST_QUESTIONS}", 0)
        scores = ask_all(case.target, case.test.x)
        truth = answers(scores, case.target.signature)
        if not case.target.signature.is_classifier and np.std(truth) == 0:
            return _nothing("the model gives the same value for every row", len(case.test))
        halves = np.array_split(case.rng.permutation(len(case.test)), 2)
        thieves = [_thief(case, halves[i], halves[1 - i], scores, most) for i in (0, 1)]
        self._train(case, thieves, truth)
        return _measured(case, thieves)

    def _train(self, case: Case, thieves: list[_Thief], truth: Array) -> None:
        """Fills in the clones and the honest models: the largest clone first, so that early ends have a result."""
        pace, seeds = Pace(case.clock), case.rng.integers(2**31, size=self.honest_models)
        reach = min(len(thief.questions) for thief in thieves)
        steps = [*reversed(_steps(reach))]
        honest = [(_Lesson.TRUTH, reach, which) for which in range(self.honest_models)]
        informed = [] if thieves[0].chances is None else [(_Lesson.PROBABILITIES, steps[0], 0)]
        smaller = [(_Lesson.LABELS, step, 0) for step in steps[1:]]
        schedule = [(_Lesson.LABELS, steps[0], 0), honest[0], *informed, *honest[1:], *smaller]
        for number, (lesson, count, which) in enumerate(schedule):
            for thief in thieves:
                if number > 1 and not pace.allows_another():
                    return
                with pace.step():
                    data = _taught(thief, lesson, count)
                    given = _learned(case, data, int(seeds[which]), case.test.x[thief.judged])
                agreed = _agree(given, truth, thief.judged, case)
                if lesson is _Lesson.TRUTH:
                    thief.independents.append(agreed)
                    thief.learned.append(bool(np.any(given != given[0])))
                else:
                    (thief.clones if lesson is _Lesson.LABELS else thief.informed)[count] = agreed


def _steps(most: int) -> list[int]:
    return [*(step for step in _STEPS if step < most), most]


def _thief(case: Case, own: Ints, judged: Ints, scores: Array, most: int) -> _Thief:
    """A thief who holds the rows ``own`` and asks at most ``most`` questions, those rows first."""
    signature, asked = case.target.signature, own[:most]
    questions, told = case.test.x[asked], scores[asked]
    new = crossed(case.test.space, case.test.x[own], most - len(asked), case.rng)
    if len(new):
        questions, told = np.concatenate([questions, new]), np.concatenate([told, ask_all(case.target, new)])
    sees = case.target.grants >= Access.SCORES and signature.score_kind in (ScoreKind.PROBABILITIES, ScoreKind.LOGITS)
    chances = probabilities(told, signature.score_kind) if sees else None
    return _Thief(questions, answers(told, signature), chances, case.test.take(asked), judged)


def _taught(thief: _Thief, lesson: _Lesson, count: int) -> Dataset:
    """At most ``count`` true labels, or ``count`` questions with what the model said."""
    if lesson is _Lesson.TRUTH:
        return thief.honest.take(slice(0, count))
    data = replace(thief.honest, x=thief.questions[:count], y=thief.answers[:count])
    if lesson is _Lesson.LABELS:
        return data
    assert thief.chances is not None
    return repeated(data, thief.chances[:count], _COPIES)


def _learned(case: Case, data: Dataset, seed: int, x: Array) -> Array:
    """Answers to ``x`` of a model trained on the data; of a constant where there is only one answer to learn."""
    if len(np.unique(data.y)) == 1:
        return np.full(len(x), data.y[0])
    model = case.learner.fit(data, seed)
    return answers(ask_all(model, x), model.signature)


def _agree(given: Array, truth: Array, judged: Ints, case: Case) -> Bools:
    """Whether each answer is the model's own; for regression, within a tenth of the spread of the model's answers."""
    if case.target.signature.is_classifier:
        return np.asarray(given == truth[judged])
    return np.asarray(np.abs(given - truth[judged]) <= _TOLERANCE * np.std(truth))


def _measured(case: Case, thieves: list[_Thief]) -> Result:
    most = max(thieves[0].clones)
    served = [_clone(mine, other, most) for mine, other in (thieves, thieves[::-1])]
    clone = _joined([agreed for agreed, _ in served])
    honest = _joined([np.mean(thief.independents, axis=0) for thief in thieves])
    spread = spread_of([np.array([agreed.mean() for agreed in thief.independents]) for thief in thieves])
    trained = sum(len(thief.independents) for thief in thieves)
    fidelity = mean_of(clone, limits=(0.0, 1.0), retraining=spread.error(1 / len(thieves)))
    baseline = mean_of(honest, limits=(0.0, 1.0), retraining=spread.error(1 / trained))
    gain = mean_of(clone - honest, limits=(-1.0, 1.0), retraining=spread.error(1 / len(thieves) + 1 / trained))
    whose = "the model's own recipe" if case.procedure is not None else "a general learner"
    note = f"the thief trains {whose} on {' and '.join(sorted({lesson.value for _, lesson in served}))}"
    learned = any(any(thief.learned) for thief in thieves)
    trained_on = f"{trained} models, each trained on {len(thieves[0].honest)} true labels"
    if learned:
        copied = gain.measurement("copy_gain", Unit.POINTS, Bound.AT_LEAST, note)
    else:
        trained_on += "; all give one answer to every row"
        reason = f"{whose} learned nothing from {len(thieves[0].honest)} true labels: there is no honest model"
        copied = not_measurable("copy_gain", Unit.POINTS, Bound.AT_LEAST, reason, gain.n)
    measurements: tuple[Measurement, ...] = (
        fidelity.measurement("fidelity", Unit.SHARE, Bound.AT_LEAST, note),
        baseline.measurement("honest_fidelity", Unit.SHARE, Bound.EITHER, trained_on),
        copied,
        Measurement("clone_queries", float(most), None, None, len(thieves), Unit.QUERIES, Bound.EXACT, "of one thief"),
    )
    steps = sorted(set.intersection(*(set(thief.clones) for thief in thieves)) - {most})
    price = [mean_of(_joined([thief.clones[step] for thief in thieves]), (0.0, 1.0)).point(step) for step in steps]
    price.append(fidelity.point(most))
    flat = [baseline.point(step) for step in dict.fromkeys((price[0].x, price[-1].x))]
    return Result(
        measurements,
        curves=(_curve(CurveRole.ATTACK, "clone", price), _curve(CurveRole.BASELINE, "honest model", flat)),
    )


def _clone(mine: _Thief, other: _Thief, most: int) -> tuple[Bools, _Lesson]:
    """Agreement of the clone of the kind that served the other thief better, who is judged on other rows."""
    if most in mine.informed and most in other.informed and other.informed[most].mean() > other.clones[most].mean():
        return mine.informed[most], _Lesson.PROBABILITIES
    return mine.clones[most], _Lesson.LABELS


def _curve(role: CurveRole, label: str, points: list[Point]) -> Curve:
    return Curve(
        name="fidelity",
        role=role,
        label=label,
        x_label="questions asked",
        y_label="answers as the model gives them",
        y_unit=Unit.SHARE,
        points=tuple(points),
        x_is_log=True,
        x_unit=Unit.QUERIES,
    )


def _joined(parts: list[Bools] | list[Floats]) -> Floats:
    return np.concatenate(parts).astype(np.float64)


def _nothing(reason: str, n: int, needed: int = 0) -> Result:
    return Result(
        (
            not_measurable("fidelity", Unit.SHARE, Bound.AT_LEAST, reason, n, needed),
            not_measurable("honest_fidelity", Unit.SHARE, Bound.EITHER, reason, n, needed),
            not_measurable("copy_gain", Unit.POINTS, Bound.AT_LEAST, reason, n, needed),
            not_measurable("clone_queries", Unit.QUERIES, Bound.EXACT, reason, n, needed),
        )
    )
