"""What is attacked, what counts, and what is said."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from evasion_stubs import Linear, array_case, blobs, case_of, mixed_rows, mixed_space, mixed_weights, table_case

from steeled.core import clock as clock_module
from steeled.core.access import Access
from steeled.core.artifact import CurveRole, Result
from steeled.core.clock import Clock
from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.measurement import Bound, Unit
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import Task
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.errors import BudgetExhausted, PredictionError
from steeled.maths.intervals import clopper_pearson
from steeled.probes.asking import affordable
from steeled.probes.conduct import conduct
from steeled.probes.evasion.greedy_features import GreedyFeatures
from steeled.probes.evasion.noise import Noise
from steeled.probes.measures import median_interval

LINE = table_space([Column("a", Kind.REAL, -10, 10), Column("b", Kind.REAL, -10, 10, mutable=False)])


@dataclass(frozen=True)
class Push:
    """Adds a fixed change to every row; may cheat."""

    delta: tuple[float, ...] = (1.0, 0.0)
    minimizes: bool = True
    asks: int = 0

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs()
    references: ClassVar[tuple[str, ...]] = ()

    def cost(self, rows):
        return Cost()

    def search(self, case, x, y, epsilon):
        for _ in range(self.asks):
            case.target.scores(x)
        return x + np.array(self.delta) * (1.0 if self.minimizes else epsilon)


def line_case(a, y, threat=None, weight=1.0, **more):
    """One movable column; answer 'b' where it is above 0."""
    x = np.column_stack([np.asarray(a, dtype=float), np.zeros(len(a))])
    return table_case(Linear(np.array([weight, 0.0])), LINE, x, np.asarray(y), threat or ThreatModel(), **more)


def numbers(result):
    return {m.name: m for m in result.measurements}


def test_a_check_is_inspected():
    class Look:
        def inspect(self, case):
            return Result(tables=())

    assert conduct(Look(), line_case([1.0], [1])) == Result(tables=())


def test_only_right_answers_are_attacked_and_wrong_ones_count_as_broken():
    case = line_case([-0.5, -0.5, -3, -3, 2, 2, 2, -1], [0, 0, 0, 0, 0, 0, 0, 0])

    found = numbers(conduct(Push(), case))

    assert (found["success_rate"].value, found["success_rate"].n) == (2 / 5, 5)
    assert (found["robust_accuracy"].value, found["robust_accuracy"].n) == (3 / 8, 8)
    assert found["success_rate"].bound is Bound.AT_LEAST
    assert found["robust_accuracy"].bound is Bound.AT_MOST


def test_rows_that_have_the_wanted_answer_by_right_are_neither_attacked_nor_counted():
    case = line_case([-0.5, -3, 0.5, 3, 2], [0, 0, 1, 1, 0], ThreatModel(goal=Goal(wanted=1)))

    found = numbers(conduct(Push(), case))

    assert found["success_rate"].n == 2
    assert (found["robust_accuracy"].value, found["robust_accuracy"].n) == (1 / 3, 3)


def test_at_most_the_allowed_rows_are_drawn_and_equal_seeds_draw_equal_rows():
    rng = np.random.default_rng(0)
    a = rng.normal(0, 2, 300)
    results = [conduct(Push(), line_case(a, (a > 0).astype(int), rows=40, seed=s)) for s in (1, 1, 2)]

    assert numbers(results[0])["robust_accuracy"].n == 40
    assert results[0] == results[1]
    assert results[0] != results[2]


def test_regression_attacks_every_row_against_the_models_own_answers():
    space, x = LINE, np.column_stack([np.linspace(-3, 3, 10), np.zeros(10)])
    target = Linear(np.array([1.0, 0.0]), task=Task.REGRESSION)
    case = case_of(target, Dataset(x, np.full(10, 99.0), space, ()), ThreatModel(goal=Goal(tolerance=0.9)))

    result = conduct(Push(), case)

    assert numbers(result)["success_rate"].value == 1.0
    assert float(result.examples[0].answer_after) == pytest.approx(
        float(result.examples[0].answer_before) + 1, abs=1e-4
    )


def test_regression_without_a_tolerance_is_not_measurable():
    target = Linear(np.array([1.0, 0.0]), task=Task.REGRESSION)
    case = case_of(target, Dataset(np.zeros((3, 2)), np.zeros(3), LINE, ()), ThreatModel())

    found = numbers(conduct(Push(), case))

    assert all(not m.is_measured and "tolerance" in m.note for m in found.values())


@pytest.mark.parametrize(
    ("y", "goal", "reason"),
    [([0, 0], Goal(), "none of 2 rows"), ([1, 1], Goal(wanted=1), "no test row"), ([], Goal(), "no test row")],
)
def test_nothing_to_attack_is_not_measurable_with_the_reason(y, goal, reason):
    found = numbers(conduct(Push(), line_case([1.0] * len(y), np.array(y, dtype=int), ThreatModel(goal=goal))))

    assert set(found) == {"success_rate", "robust_accuracy", "median_distance", "queries_per_row"}
    assert all(not m.is_measured and reason in m.note for m in found.values())


@pytest.mark.parametrize(
    "push", [Push(delta=(0.0, 5.0)), Push(delta=(99.0, 0.0)), Push(delta=(float("nan"), 0.0)), Push(delta=(2.5, 0.0))]
)
def test_what_is_infeasible_or_too_dear_never_counts(push):
    found = numbers(conduct(push, line_case([-1.0, -1.0], [0, 0], ThreatModel(epsilon=2.0))))

    assert found["success_rate"].value == 0.0


def test_rows_without_a_success_count_as_farthest_in_the_median_and_are_said():
    case = line_case([-1.0] * 20 + [-9.0] * 3, [0] * 23, ThreatModel(epsilon=1.0))

    found = numbers(conduct(Push(delta=(4.0, 0.0)), case))

    median = found["median_distance"]
    assert (median.value, median.n, median.unit) == (4.0, 23, Unit.COST)
    assert "3 of 23" in median.note
    assert found["success_rate"].value == 0.0


def test_an_attack_that_breaks_few_rows_has_no_median_distance():
    case = line_case([-1.0] * 5 + [-9.0] * 18, [0] * 23)

    median = numbers(conduct(Push(delta=(1.5, 0.0)), case))["median_distance"]

    assert not median.is_measured
    assert "5 of 23" in median.note


def test_queries_are_the_attackers_own_and_verification_is_free():
    case = line_case([-1.0] * 10, [0] * 10)

    found = numbers(conduct(Push(asks=3), case))

    assert found["queries_per_row"].value == 3.0
    assert case.target.tally.queries == case.target.inner.queries == 10 + 30 + 20


def test_an_attack_over_its_budget_found_nothing_and_it_is_said():
    case = line_case([-0.5] * 10, [0] * 10, ThreatModel(queries=2))

    found = numbers(conduct(Push(asks=3), case))

    assert found["success_rate"].value == 0.0
    assert "budget" in found["success_rate"].note
    assert found["queries_per_row"].value <= 2


class Touchy(Linear):
    """Raises on rows whose first cell is above a limit."""

    limit = 1.5

    def scores(self, x):
        if (x[:, 0] > self.limit).any():
            raise PredictionError("cell too large")
        return super().scores(x)


def test_a_row_on_which_the_model_raises_is_left_out_and_the_others_go_on():
    a = np.array([-0.5] * 20 + [0.7])
    x = np.column_stack([a, np.zeros(21)])
    case = table_case(Touchy(np.array([1.0, 0.0])), LINE, x, (a > 0).astype(int), ThreatModel())

    found = numbers(conduct(Push(), case))

    assert (found["success_rate"].value, found["success_rate"].n) == (1.0, 20)
    assert found["robust_accuracy"].n == 20
    assert "1 rows" in found["success_rate"].note
    assert "cell too large" in found["success_rate"].note


def test_a_model_that_answers_no_attacked_row_is_an_error():
    x = np.full((4, 2), 1.0)
    case = table_case(Touchy(np.array([1.0, 0.0])), LINE, x, np.ones(4, dtype=int), ThreatModel())

    with pytest.raises(PredictionError, match="too large"):
        conduct(Push(), case)


def test_time_running_out_leaves_what_was_searched_and_says_so(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(clock_module.time, "monotonic", lambda: now[0])

    class Slow(Push):
        def search(self, case, x, y, epsilon):
            now[0] += len(x)
            return super().search(case, x, y, epsilon)

    a = [-0.5] * 400 + [5.0] * 100
    case = replace(line_case(a, [0] * 500), clock=Clock(seconds=100, started=0.0))

    found = numbers(conduct(Slow(), case))

    n = found["success_rate"].n
    assert 64 <= n <= 100
    assert f"{n} of 400" in found["success_rate"].note
    assert n < found["robust_accuracy"].n < 2 * n
    assert now[0] <= 100


def test_the_curve_of_a_minimizing_attack_falls_from_one_at_every_distance():
    x, w = mixed_rows(), mixed_weights()
    target = Linear(w, -np.median(np.nan_to_num(x) @ w))
    result = conduct(
        GreedyFeatures(), table_case(target, mixed_space(), x, target.logits(x).argmax(axis=1), ThreatModel())
    )

    curve = result.curves[0]
    heights = [p.y for p in curve.points]
    assert (curve.name, curve.role, curve.label, curve.x_unit) == (
        "robust_accuracy",
        CurveRole.ATTACK,
        "greedy_features",
        Unit.COST,
    )
    assert (curve.points[0].x, heights[0]) == (0.0, 1.0)
    assert heights == sorted(heights, reverse=True)
    assert [p.x for p in curve.points] == sorted({p.x for p in curve.points})
    at = {p.x: p for p in curve.points}
    assert at[ThreatModel().epsilon].y == pytest.approx(1 - numbers(result)["success_rate"].value)
    assert all(p.low <= p.y <= p.high for p in curve.points)


def test_the_curve_of_an_attack_at_fixed_epsilon_is_monotone_and_agrees_with_the_rate():
    x, y, w, b = blobs()
    result = conduct(Noise(), array_case(Linear(w, b), x, y, ThreatModel(norm=Norm.L2, epsilon=1.0)))

    curve = result.curves[0]
    heights = [p.y for p in curve.points]
    assert curve.role is CurveRole.BASELINE
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < heights[0] == 1.0
    assert {p.x: p.y for p in curve.points}[1.0] == pytest.approx(1 - numbers(result)["success_rate"].value)


def test_a_curve_is_measured_where_it_is_asked():
    case = line_case([-0.1, -0.5, -0.9], [0, 0, 0], ThreatModel(epsilon=1.0))

    curve = conduct(Push(minimizes=False), case, epsilons=[0.2, 0.6]).curves[0]

    assert [(p.x, p.y) for p in curve.points] == [(0.0, 1.0), (0.2, 2 / 3), (0.6, 1 / 3), (1.0, 0.0)]


def test_a_larger_search_for_the_curve_does_not_improve_the_rate():
    class Second(Push):
        """Finds the near success only when it is allowed far."""

        def search(self, case, x, y, epsilon):
            return x + np.array([0.7, 0.0]) if epsilon > 1 else x

    result = conduct(Second(minimizes=False), line_case([-0.5] * 4, [0] * 4, ThreatModel(epsilon=1.0)))

    assert numbers(result)["success_rate"].value == 0.0
    assert result.curves[0].points[-1].y == 0.0


def test_examples_are_the_nearest_successes_in_the_columns_own_words():
    space, x, w = mixed_space(), mixed_rows(), mixed_weights()
    target = Linear(w, -np.median(np.nan_to_num(x) @ w))
    y = target.logits(x).argmax(axis=1)

    result = conduct(GreedyFeatures(), table_case(target, space, x, y, ThreatModel(goal=Goal(wanted=1))))

    assert len(result.examples) == 3
    assert [e.distance for e in result.examples] == sorted(e.distance for e in result.examples)
    for example in result.examples:
        words = dict(zip(space.names, space.decode(x[example.row]), strict=True))
        assert example.changes
        assert all(words[change.column] == change.before != change.after for change in example.changes)
        assert (example.answer_before, example.answer_after) == ("a", "b")
        assert example.score_before == pytest.approx(target.logits(x[[example.row]])[0, 1])
        assert example.score_after > example.score_before


def test_hidden_rows_show_only_the_way_of_a_change():
    space, x, w = mixed_space(), mixed_rows(), mixed_weights()
    target = Linear(w, -np.median(np.nan_to_num(x) @ w))
    y = target.logits(x).argmax(axis=1)
    case = table_case(target, space, x, y, ThreatModel(), report_rows=False)

    result = conduct(GreedyFeatures(), case)

    words = {(c.before, c.after) for e in result.examples for c in e.changes}
    assert words <= {("hidden", "lower"), ("hidden", "higher"), ("hidden", "other")}
    assert words


def test_levers_say_how_often_each_column_was_pulled():
    table = conduct(Push(), line_case([-0.5, -0.6, -3.0], [0, 0, 0])).tables[0]

    assert (table.name, table.rows) == ("levers", (("a", 1.0),))


def test_attacked_images_are_shown_small_and_gray():
    rng = np.random.default_rng(0)
    x = rng.random((20, 1, 64, 48)).astype(np.float32)
    w = rng.standard_normal(64 * 48)
    target = Linear(w, -np.median(x.reshape(20, -1) @ w), shape=(1, 64, 48))
    y = target.logits(x).argmax(axis=1)
    space = FeatureSpace(Modality.ARRAY, shape=(1, 64, 48))
    case = case_of(target, Dataset(x, y, space, ("a", "b")), ThreatModel(norm=Norm.LINF, epsilon=0.5))

    shown = conduct(Noise(draws=5), case).examples[0]
    hidden = conduct(Noise(draws=5), replace(case, report_rows=False)).examples[0]

    assert (shown.picture_before.width, shown.picture_before.height) == (24, 32)
    assert len(shown.picture_after.pixels) == 24 * 32
    assert 0 <= min(shown.picture_after.pixels) <= max(shown.picture_after.pixels) <= 15
    assert shown.picture_before != shown.picture_after
    assert hidden.picture_before is None
    assert shown.changes == ()


def test_the_attacker_gets_no_more_than_its_knowledge_and_queries():
    seen = []

    class Nosy(Push):
        def search(self, case, x, y, epsilon):
            seen.append((case.target.grants, affordable(case.target) / len(x)))
            with pytest.raises(BudgetExhausted):
                case.target.scores(np.tile(x, (8, 1)))
            return x

    conduct(Nosy(), line_case([-1.0] * 3, [0] * 3, ThreatModel(knowledge=Access.LABELS, queries=7)))

    assert seen == [(Access.LABELS, 7.0)]


@pytest.mark.parametrize("n", [6, 9, 25, 60])
def test_the_interval_of_a_median_covers(n):
    rng = np.random.default_rng(n)
    intervals = [median_interval(rng.exponential(size=n)) for _ in range(2000)]

    covered = np.mean([low <= np.log(2) <= high for low, high in intervals])

    assert covered >= 0.94


def test_rows_are_drawn_until_enough_can_be_attacked_and_all_drawn_ones_count():
    a = np.random.default_rng(3).permutation(np.r_[np.full(100, -0.5), np.full(150, 3.0)])
    case = line_case(a, np.zeros(250, dtype=int), rows=60)

    found = numbers(conduct(Push(), case))

    assert (found["success_rate"].value, found["success_rate"].n) == (1.0, 60)
    assert found["robust_accuracy"].value == 0.0
    assert 110 < found["robust_accuracy"].n < 200
    assert case.target.inner.queries <= 250 + 2 * 60


def test_a_slow_model_is_first_asked_about_as_few_rows_as_there_is_time_for(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(clock_module.time, "monotonic", lambda: now[0])

    class Slow(Linear):
        def scores(self, x):
            now[0] += 0.1 * len(x)
            return super().scores(x)

    class Dear(Push):
        def cost(self, rows):
            return Cost(queries=100 * rows)

    x = np.column_stack([np.full(50, -0.5), np.zeros(50)])
    case = table_case(Slow(np.array([1.0, 0.0])), LINE, x, np.zeros(50, dtype=int), ThreatModel(), rows=20)

    found = numbers(conduct(Dear(asks=100), replace(case, clock=Clock(seconds=60, started=0.0))))

    assert 1 <= found["success_rate"].n <= 6
    assert now[0] <= 62


@pytest.mark.parametrize(("right", "kept"), [(0.3, 0.5), (0.7, 0.9), (0.9, 1.0)])
def test_stopping_at_the_last_row_that_can_be_attacked_keeps_the_interval_honest(right, kept):
    rng = np.random.default_rng(0)
    drawn = 40 + rng.negative_binomial(40, right, size=2000)
    intervals = [clopper_pearson(int(k), int(n)) for k, n in zip(rng.binomial(40, kept, 2000), drawn, strict=True)]

    covered = np.mean([low <= right * kept <= high for low, high in intervals])

    assert covered >= 0.95
