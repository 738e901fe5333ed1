import numpy as np
import pytest
from small_models import SmallRecipe, blobs, case_of, gaussian, model_of, random_labels, values_of

from steeled.core.dataset import Dataset
from steeled.core.signature import ScoreKind
from steeled.probes.overreliance.calibration import Calibration


def inspect(model, test, **more):
    return Calibration().inspect(case_of(None, test, model=model, **more))


def stated(n, rng, truth=lambda p: p):
    """A model whose first column states a probability of class 1 that is true up to ``truth``."""
    p = rng.uniform(0.02, 0.98, n)
    data = blobs(n, rng, d=1)
    data = Dataset(p[:, None], (rng.random(n) < truth(p)).astype(int), data.space, data.classes)
    return model_of(lambda x: np.c_[1 - x[:, 0], x[:, 0]], data), data


def test_random_label_model_is_flagged_and_its_healthy_twin_is_not():
    rng = np.random.default_rng(0)
    train, test = blobs(300, rng), blobs(800, rng)

    models = [SmallRecipe(kind).fit(train, 99) for kind in (random_labels, gaussian)]
    flagged, healthy = (values_of(inspect(model, test)) for model in models)

    assert flagged["calibration_rms"].low > 0.3
    assert flagged["calibration_p"].value < 0.01
    assert flagged["overconfidence"].low > 0.3
    assert healthy["calibration_rms"].high < 0.1
    assert healthy["calibration_p"].value > 0.05


def test_true_probabilities_are_covered_by_zero_most_of_the_time():
    rng = np.random.default_rng(1)
    runs = [values_of(inspect(*stated(500, rng))) for _ in range(60)]

    assert np.mean([run["calibration_rms"].low == 0 for run in runs]) >= 0.9
    assert np.mean([run["overconfidence"].low <= 0 <= run["overconfidence"].high for run in runs]) >= 0.85
    assert np.mean([run["calibration_p"].value <= 0.05 for run in runs]) <= 0.15


def test_known_gap_lies_in_the_interval():
    model, data = stated(4000, np.random.default_rng(2), truth=lambda p: 0.5 + 0.5 * (p - 0.5))

    measures = values_of(inspect(model, data))

    confidence = np.maximum(data.x, 1 - data.x)[:, 0]
    gap = 0.5 * (confidence - 0.5)
    assert measures["overconfidence"].low < gap.mean() < measures["overconfidence"].high
    assert measures["calibration_rms"].low < np.sqrt((gap**2).mean()) < measures["calibration_rms"].high


def test_logits_are_read_through_softmax_and_the_note_says_so():
    model, data = stated(500, np.random.default_rng(3))
    logits = model_of(lambda x: 7 + np.log(model.scores(x)), data, ScoreKind.LOGITS)

    measured, expected = values_of(inspect(logits, data)), values_of(inspect(model, data))

    assert measured["calibration_rms"].value == pytest.approx(expected["calibration_rms"].value)
    assert "softmax" in measured["calibration_rms"].note
    assert not expected["calibration_rms"].note


def test_reliability_points_are_ordered_bins_of_all_rows():
    model, data = stated(1000, np.random.default_rng(4))

    curve = inspect(model, data).curves[0]

    assert len(curve.points) == 10
    assert sum(p.n for p in curve.points) == 1000
    assert sorted(p.x for p in curve.points) == [p.x for p in curve.points]
    assert all(p.low <= p.y <= p.high for p in curve.points)


def test_model_that_is_always_certain_and_right_is_calibrated():
    data = blobs(200, np.random.default_rng(5))
    data = data.relabel((data.x[:, 0] > 0).astype(int))
    model = model_of(lambda x: np.eye(2)[(x[:, 0] > 0).astype(int)], data)

    measures = values_of(inspect(model, data))

    assert measures["calibration_rms"].value == 0
    assert measures["overconfidence"].value == 0
    assert measures["overconfidence"].high > 0.01, "200 certain answers do not prove certainty"


def test_at_most_so_many_rows_are_asked():
    model, data = stated(400, np.random.default_rng(6))

    result = Calibration(most_rows=100).inspect(case_of(None, data, model=model))

    assert values_of(result)["calibration_rms"].n == 100


def test_same_seed_gives_the_same_result():
    model, data = stated(300, np.random.default_rng(7))

    assert inspect(model, data, seed=9) == inspect(model, data, seed=9)


def test_few_rows_are_not_measurable_and_say_how_many_would_do():
    model, data = stated(30, np.random.default_rng(8))

    measures = inspect(model, data).measurements

    assert not any(m.is_measured for m in measures)
    assert {m.needed for m in measures} == {50}


@pytest.mark.parametrize("wrong", [{"most_rows": 10}, {"simulations": 5}])
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be from"):
        Calibration(**wrong)
