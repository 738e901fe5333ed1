import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import SmallRecipe, blobs, case_of, gaussian, values_of

from steeled.core.clock import Clock
from steeled.core.signature import ScoreKind
from steeled.probes.poisoning.label_errors import LabelErrors, likely_labels


def spoilt(seed=0, n=600, share=0.1, shift=1.5, k=2):
    """Well separated rows of which some labels were flipped, and which."""
    rng = np.random.default_rng(seed)
    clean = blobs(n, rng, shift=shift, k=k)
    bad = rng.permutation(n)[: round(share * n)]
    y = clean.y.copy()
    y[bad] = (y[bad] + 1) % k
    return clean.relabel(y), bad


def inspect(data, probe=None, recipe=None, **more):
    recipe = recipe or SmallRecipe(gaussian)
    return (probe or LabelErrors()).inspect(case_of(data, None, recipe, **more)), recipe


def test_flipped_rows_lead_the_table():
    data, bad = spoilt()

    result, _ = inspect(data)

    shown = [row[0] for row in result.tables[0].rows]
    assert len(shown) == 20
    assert np.isin(shown, bad).mean() >= 0.9


def test_flipped_labels_raise_the_suspect_share_to_about_their_share():
    clean, dirty = (inspect(spoilt(share=share)[0])[0] for share in (0.0, 0.1))

    assert values_of(clean)["suspect_share"].high < 0.06
    assert values_of(dirty)["suspect_share"].low > 0.05


def test_planted_errors_are_found_where_classes_are_apart_and_not_on_noise():
    apart, _ = inspect(spoilt(share=0.0, shift=2.0)[0])
    noise, _ = inspect(spoilt(share=0.0, shift=0.0)[0])

    assert values_of(apart)["planted_found"].low > 0.7
    assert values_of(apart)["planted_false"].high < 0.06
    assert values_of(noise)["planted_found"].low < values_of(noise)["planted_false"].high


def test_labels_only_learner_falls_back_on_disagreement():
    data, bad = spoilt()

    def decide(data, rng):
        model = gaussian(data, rng)
        return lambda x: np.eye(2)[model(x).argmax(axis=1)]

    recipe = SmallRecipe(decide, kind=ScoreKind.LABELS)

    result, _ = inspect(data, recipe=recipe)

    assert np.isin([row[0] for row in result.tables[0].rows], bad).mean() > 0.6
    assert values_of(result)["planted_found"].low > 0.6


def test_no_row_is_judged_by_a_model_that_saw_it():
    data, _ = spoilt(n=90)

    _, recipe = inspect(data, LabelErrors(folds=3))

    seen = [{row.tobytes() for row in part.x} for part in recipe.seen[:3]]
    assert [len(part) for part in seen] == [60, 60, 60]
    assert not set.intersection(*seen)
    assert len(recipe.seen) == LabelErrors(folds=3).cost(90).trainings


def test_rare_classes_stay_in_every_training_part_and_are_not_judged():
    data, _ = spoilt(n=200, k=3, share=0.0)
    keep = np.r_[np.flatnonzero(data.y != 2), np.flatnonzero(data.y == 2)[:3]]
    data = data.take(keep)

    result, recipe = inspect(data)

    assert values_of(result)["suspect_share"].n == len(data) - 3
    assert all((part.y == 2).sum() >= 3 for part in recipe.seen[:3])


def test_same_seed_gives_the_same_result():
    data, _ = spoilt()

    assert inspect(data, seed=3)[0] == inspect(data, seed=3)[0]


def test_clock_that_is_over_leaves_the_rows_of_one_fold():
    data, _ = spoilt(n=300)

    result, recipe = inspect(data, clock=Clock(0.0))

    measures = values_of(result)
    assert len(recipe.seen) == 1
    assert measures["suspect_share"].n == 100
    assert not measures["planted_found"].is_measured


def test_labels_are_not_shown_when_rows_may_not_be():
    data, _ = spoilt()

    result, _ = inspect(data, report_rows=False)

    assert {row[1:3] for row in result.tables[0].rows} == {("given", "other")}


@pytest.mark.parametrize("y", [np.zeros(100, dtype=int), np.arange(100) % 50 // 49])
def test_one_class_or_a_rare_second_one_is_not_measurable(y):
    data, _ = spoilt(n=100)

    result, recipe = inspect(data.relabel(y), model=object())

    assert not any(m.is_measured for m in result.measurements)
    assert not recipe.seen


@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(1, 60))
def test_suspects_disagree_with_the_most_probable_class_of_their_rivals(seed, k, n):
    rng = np.random.default_rng(seed)
    chances, labels = rng.dirichlet(np.ones(k), size=n), rng.integers(k, size=n)

    likely = likely_labels(chances, labels)

    doubted = likely != labels
    own = chances[np.arange(n), labels]
    for i in np.flatnonzero(doubted):
        assert own[i] < own[labels == labels[i]].mean()
        assert chances[i, likely[i]] >= own[labels == likely[i]].mean()


def test_perfectly_predicted_labels_are_never_suspect():
    labels = np.arange(30) % 3

    assert (likely_labels(np.eye(3)[labels], labels) == labels).all()


@pytest.mark.parametrize("wrong", [{"folds": 2}, {"folds": 11}, {"planted_share": 0.5}])
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be from"):
        LabelErrors(**wrong)


def test_models_that_learned_nothing_accuse_nobody():
    def stubborn(data, rng):
        share = np.bincount(data.y, minlength=2) / len(data)
        return lambda x: np.tile(share, (len(x), 1))

    train = blobs(58, np.random.default_rng(0))

    result = LabelErrors().inspect(case_of(train, None, SmallRecipe(stubborn)))

    assert not any(m.is_measured for m in result.measurements)
    assert all("learned nothing" in m.note for m in result.measurements)
