import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import SmallRecipe, blobs, case_of, gaussian, least_squares, line, model_of, nearest, values_of

from steeled.core.access import Access
from steeled.core.clock import Clock
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.meter import Meter
from steeled.core.signature import ScoreKind
from steeled.core.threat_model import ThreatModel
from steeled.probes.theft._soft_labels import apportioned
from steeled.probes.theft.extraction import Extraction
from steeled.testing.stubs import LinearRecipe


def steal(victim, learner=gaussian, probe=None, n=400, seed=0, test=None, knowledge=Access.PARAMETERS, **more):
    """The victim is a function of rows; the thief trains ``learner``."""
    test = blobs(n, np.random.default_rng(seed), wrong=0.2) if test is None else test
    recipe = SmallRecipe(learner)
    meter = Meter(model_of(victim, test), knowledge=knowledge)
    case = case_of(None, test, recipe, model=meter, seed=seed, **more)
    return (probe or Extraction(queries=400)).inspect(case), recipe, meter


def by_odds(data, rng):
    """Straight-line rule by logistic regression."""
    model = LinearRecipe(ridge=1.0).fit(data, 0)
    return lambda x: softmax(model.logits(x))


def softmax(logits):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def odd(x):
    """A rule that true labels do not teach."""
    return np.eye(2)[(x[:, 0] > 1.2).astype(int)]


def test_model_with_a_rule_of_its_own_is_copied_beyond_the_honest_model():
    result, _, _ = steal(odd)

    measures = values_of(result)
    assert measures["copy_gain"].low > 0
    assert measures["fidelity"].value - measures["honest_fidelity"].value == pytest.approx(measures["copy_gain"].value)


def test_model_that_any_honest_one_agrees_with_gives_no_gain():
    rng = np.random.default_rng(7)
    honest = gaussian(blobs(2000, rng, wrong=0.2), rng)

    result, _, _ = steal(honest)

    gain = values_of(result)["copy_gain"]
    assert gain.low <= 0.02
    assert abs(gain.value) < 0.05


def test_constant_victim_gives_a_constant_clone_and_the_honest_model_explains_the_rest():
    result, recipe, _ = steal(lambda x: np.tile([1.0, 0.0], (len(x), 1)))

    measures = values_of(result)
    assert measures["fidelity"].value == 1.0
    assert measures["fidelity"].low > 0.98
    assert len(recipe.seen) == 6, "only the honest models are trained"


def test_clones_of_random_answers_stay_at_chance():
    noise = np.random.default_rng(3)
    runs = [values_of(steal(lambda x: np.eye(2)[noise.integers(2, size=len(x))], seed=s)[0]) for s in range(20)]

    assert np.mean([run["fidelity"].value for run in runs]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([run["copy_gain"].low <= 0 <= run["copy_gain"].high for run in runs]) >= 0.85


def test_only_the_thiefs_questions_are_counted_and_the_meter_agrees():
    result, _, meter = steal(odd, probe=Extraction(queries=250), n=300)

    queries = values_of(result)["clone_queries"]
    assert queries.value == 250
    assert meter.tally.queries == 300 + 2 * (250 - 150)


def test_threat_caps_the_questions():
    result, recipe, meter = steal(odd, threat=ThreatModel(queries=60), n=300)

    assert values_of(result)["clone_queries"].value == 60
    assert meter.tally.queries == 300, "the rows that judge the clone are the auditor's own questions"
    assert {len(data) for data in recipe.seen} == {60, 5 * 60}, "the honest model learns no more labels than are asked"


def test_no_clone_is_judged_on_rows_that_its_thief_held():
    result, recipe, _ = steal(odd, nearest, probe=Extraction(queries=40, honest_models=1), n=80)

    clones = [data for data in recipe.seen if len(data) == 40]
    assert values_of(result)["fidelity"].n == 80
    assert values_of(result)["fidelity"].value < 1
    assert not {r.tobytes() for r in clones[0].x} & {r.tobytes() for r in clones[1].x}


def test_questions_lie_in_the_space():
    _, recipe, _ = steal(odd)

    space = recipe.seen[0].space
    assert all(space.feasible(data.x, data.x).all() for data in recipe.seen)
    assert max(len(data) for data in recipe.seen) == 5 * 400


def test_curve_runs_over_the_steps_and_the_honest_model_is_flat():
    result, _, _ = steal(odd, probe=Extraction(queries=400))

    clone, honest = result.curves
    assert [p.x for p in clone.points] == [100, 300, 400]
    assert {p.y for p in honest.points} == {values_of(result)["honest_fidelity"].value}


def test_clock_that_is_over_leaves_one_clone_and_one_honest_model_for_each_half():
    result, recipe, _ = steal(odd, clock=Clock(0.0))

    assert len(recipe.seen) == 4
    assert values_of(result)["copy_gain"].is_measured


def test_same_seed_gives_the_same_result():
    assert steal(odd, seed=4)[0] == steal(odd, seed=4)[0]


def test_declared_cost_is_what_is_trained():
    probe = Extraction(queries=400)

    _, recipe, _ = steal(odd, probe=probe)

    assert len(recipe.seen) == probe.cost(100).trainings


def test_labels_only_model_is_copied_too():
    test = blobs(300, np.random.default_rng(0))
    model = model_of(odd, test, ScoreKind.LABELS)

    result = Extraction(queries=300).inspect(case_of(None, test, SmallRecipe(gaussian), model=model))

    assert values_of(result)["copy_gain"].low > 0


def test_probabilities_teach_more_than_labels_where_the_attacker_sees_them():
    """The victim answers near one half: its labels are all but noise to a clone that learns by a straight rule."""
    slope = np.array([0.35, -0.25, 0.15, -0.3])

    def victim(x):
        chance = 1 / (1 + np.exp(-(x @ slope)))
        return np.c_[1 - chance, chance]

    blind = [
        values_of(steal(victim, by_odds, probe=Extraction(queries=60), seed=s, knowledge=Access.LABELS)[0])
        for s in range(6)
    ]
    seeing = [values_of(steal(victim, by_odds, probe=Extraction(queries=60), seed=s)[0]) for s in range(6)]

    gain = np.mean([a["fidelity"].value - b["fidelity"].value for a, b in zip(seeing, blind, strict=True)])
    assert gain > 0.01
    assert all("labels" in run["fidelity"].note for run in blind)


def test_an_honest_model_that_learned_nothing_is_no_yardstick():
    def stubborn(data, rng):
        return lambda x: np.tile([1.0, 0.0], (len(x), 1))

    result, _, _ = steal(odd, stubborn)

    measures = values_of(result)
    assert not measures["copy_gain"].is_measured
    assert "no honest model" in measures["copy_gain"].note
    assert "one answer to every row" in measures["honest_fidelity"].note


def test_regression_clone_agrees_within_a_tenth_of_the_spread():
    test = line(300, np.random.default_rng(0))

    result, _, _ = steal(lambda x: 3 * x[:, 0] - x[:, 1], least_squares, test=test)

    assert values_of(result)["fidelity"].value == 1.0
    assert values_of(result)["copy_gain"].low > 0.3


def test_constant_regression_is_not_measurable():
    test = line(100, np.random.default_rng(0))

    result, _, _ = steal(lambda x: np.zeros(len(x)), least_squares, test=test)

    assert not any(m.is_measured for m in result.measurements)


def test_text_thief_asks_no_more_than_the_rows_there_are():
    texts = np.array([f"word {i}" for i in range(100)], dtype=object)
    test = Dataset(texts, np.arange(100) % 2, FeatureSpace(Modality.TEXT), ("no", "yes"))

    def parity(x):
        return np.eye(2)[[int(text.split()[1]) % 2 for text in x]]

    result, _, _ = steal(parity, lambda data, rng: parity, test=test)

    assert values_of(result)["clone_queries"].value == 50
    assert values_of(result)["fidelity"].value == 1.0


@pytest.mark.parametrize(("n", "queries"), [(10, None), (200, 5)])
def test_too_few_rows_or_questions_are_not_measurable(n, queries):
    result, recipe, _ = steal(odd, n=n, threat=ThreatModel(queries=queries))

    assert not any(m.is_measured for m in result.measurements)
    assert not recipe.seen


def test_parameters_outside_their_range_are_refused():
    with pytest.raises(ValueError, match="queries must be"):
        Extraction(queries=5)
    with pytest.raises(ValueError, match="honest_models must be"):
        Extraction(honest_models=0)


@given(seed=st.integers(0, 2**31), k=st.integers(2, 12), copies=st.integers(1, 20))
def test_copies_share_out_the_classes_to_within_one(seed, k, copies):
    chances = np.random.default_rng(seed).dirichlet(np.full(k, 0.3), size=30)

    shares = apportioned(chances, copies)

    assert (shares.sum(axis=1) == copies).all()
    assert (np.abs(shares - copies * chances) < 1 + 1e-9).all()
