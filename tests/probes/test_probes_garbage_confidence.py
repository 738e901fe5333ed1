import numpy as np
import pytest
from small_models import SmallRecipe, blobs, case_of, gaussian, model_of, values_of

from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.meter import Meter
from steeled.core.relation import Relation
from steeled.errors import PredictionError
from steeled.probes.overreliance.garbage_confidence import GarbageConfidence


def inspect(answer, test, probe=None, **more):
    return (probe or GarbageConfidence()).inspect(case_of(None, test, model=model_of(answer, test), **more))


def humble(x):
    """Sure only near the data."""
    near = np.exp(-0.5 * np.maximum((x**2).sum(axis=1) - 12, 0))
    return np.c_[0.5 + 0.49 * near, 0.5 - 0.49 * near]


def test_linear_model_is_sure_of_nonsense_and_its_humble_twin_is_not():
    rng = np.random.default_rng(0)
    test = blobs(300, rng, shift=2.0)

    proud = values_of(inspect(SmallRecipe(gaussian).fit(test, 0).answer, test))
    humbled = values_of(inspect(humble, test))

    assert proud["confident_on_noise"].low > 0.8
    assert proud["confident_out_of_range"].low > 0.9
    assert humbled["confident_on_noise"].high < 0.1
    assert humbled["confident_out_of_range"].high < 0.05


def test_worst_kind_is_the_headline_with_a_wider_interval():
    test = blobs(300, np.random.default_rng(0), shift=2.0)

    measures = values_of(inspect(SmallRecipe(gaussian).fit(test, 0).answer, test))

    singles = [m for name, m in measures.items() if name != "confident_on_garbage"]
    worst = max(singles, key=lambda m: m.value)
    assert measures["confident_on_garbage"].value == worst.value
    assert measures["confident_on_garbage"].low < worst.low
    assert measures["confident_on_garbage"].high >= worst.high


@pytest.mark.parametrize(("confidence", "share"), [(0.95, 1.0), (0.9, 0.0), (0.5, 0.0)])
def test_only_confidence_above_the_threshold_counts(confidence, share):
    test = blobs(50, np.random.default_rng(0))

    result = inspect(lambda x: np.tile([confidence, 1 - confidence], (len(x), 1)), test)

    assert {m.value for m in result.measurements} == {share}


def test_refused_inputs_count_as_not_confident_and_are_noted():
    test = blobs(50, np.random.default_rng(0))

    def picky(x):
        if (x[:, 0] > 5).any():
            raise PredictionError("too large")
        return np.tile([1.0, 0.0], (len(x), 1))

    result = inspect(picky, test)

    noise = values_of(result)["confident_on_noise"]
    refused = result.tables[0].rows[0][3]
    assert 0 < refused < 100
    assert noise.value == (500 - refused) / 500
    assert f"{refused} of 500 refused" in noise.note


def test_queries_are_what_the_cost_declares():
    test = blobs(50, np.random.default_rng(0))
    meter = Meter(model_of(humble, test))
    probe = GarbageConfidence(inputs=200)

    probe.inspect(case_of(None, test, model=meter))

    assert meter.tally.queries == probe.cost(50).queries


def test_images_are_asked_about_as_pixels_not_as_ranges():
    rng = np.random.default_rng(0)
    space = FeatureSpace(Modality.ARRAY, shape=(1, 4, 4))
    test = Dataset(rng.random((40, 1, 4, 4)).astype(np.float32), rng.integers(2, size=40), space, ("a", "b"))
    asked = []

    def answer(x):
        asked.append(x)
        return np.tile([0.6, 0.4], (len(x), 1))

    measures = values_of(inspect(answer, test))

    assert {x.dtype for x in asked} == {np.dtype(np.float32)}
    assert all(((x >= 0) & (x <= 1)).all() for x in asked)
    assert not measures["confident_out_of_range"].is_measured
    assert measures["confident_on_constant"].is_measured
    assert (np.ptp(asked[-1].reshape(500, -1), axis=1) == 0).all()


def test_texts_are_asked_about_as_words():
    space = FeatureSpace(Modality.TEXT)
    texts = np.array(["the cat sat", "on a mat", ""], dtype=object)
    test = Dataset(texts, np.array([0, 1, 0]), space, ("a", "b"))
    asked = []

    def answer(x):
        asked.append(x)
        return np.tile([0.99, 0.01], (len(x), 1))

    measures = values_of(inspect(answer, test))

    assert all(isinstance(text, str) for x in asked for text in x)
    assert set(" ".join(asked[1]).split()) == {"the", "cat", "sat", "on", "a", "mat"}
    assert measures["confident_on_garbage"].value == 1.0


def test_table_of_names_has_no_range_to_leave():
    space = table_space([Column("c", Kind.CATEGORICAL, 0, 2, ("x", "y", "z"))])
    test = Dataset(np.arange(30.0)[:, None] % 3, np.arange(30) % 2, space, ("a", "b"))

    measures = values_of(inspect(lambda x: np.tile([0.6, 0.4], (len(x), 1)), test))

    assert not measures["confident_out_of_range"].is_measured
    assert measures["confident_on_noise"].is_measured


def test_relations_that_forbid_everything_are_said_to():
    columns = [Column("a", Kind.REAL, 0, 1), Column("b", Kind.REAL, 0, 1)]
    space = table_space(columns, [Relation.parse("a >= 2")])
    test = Dataset(np.full((30, 2), 0.5), np.arange(30) % 2, space, ("x", "y"))

    measures = values_of(inspect(lambda x: np.tile([0.6, 0.4], (len(x), 1)), test))

    assert "relations" in measures["confident_on_noise"].note


def test_no_rows_at_all_are_not_measurable():
    test = blobs(5, np.random.default_rng(0)).take(slice(0, 0))

    assert not any(m.is_measured for m in inspect(humble, test).measurements)


def test_same_seed_gives_the_same_result():
    test = blobs(50, np.random.default_rng(0))

    assert inspect(humble, test, seed=1) == inspect(humble, test, seed=1)


@pytest.mark.parametrize("wrong", [{"threshold": 1.0}, {"threshold": 0.3}, {"inputs": 5}])
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        GarbageConfidence(**wrong)
