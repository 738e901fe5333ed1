import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.clock import Clock
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.probes._pace import Pace
from steeled.probes._scores import answers, probabilities


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=5), st.floats(-100, 100))
def test_softmax_sums_to_one_and_ignores_a_common_shift(logits, shift):
    scores = np.array([logits])

    chances = probabilities(scores, ScoreKind.LOGITS)

    assert chances.sum() == pytest.approx(1)
    assert chances == pytest.approx(probabilities(scores + shift, ScoreKind.LOGITS), abs=1e-9)


def test_probabilities_are_kept_and_widened():
    scores = np.array([[0.25, 0.75]], dtype=np.float32)

    chances = probabilities(scores, ScoreKind.PROBABILITIES)

    assert chances.dtype == np.float64
    assert (chances == scores).all()


def test_answers_are_classes_or_values():
    classifier = Signature((1,), "float64", Task.CLASSIFICATION, ("a", "b"), ScoreKind.PROBABILITIES)
    regressor = Signature((1,), "float64", Task.REGRESSION, (), ScoreKind.VALUES)

    assert answers(np.array([[0.1, 0.9], [0.5, 0.5]]), classifier).tolist() == [1, 0]
    assert answers(np.array([1.5, 2.5], dtype=np.float32), regressor).tolist() == [1.5, 2.5]


def test_no_step_is_begun_that_would_not_end_in_time():
    pace = Pace(Clock(60.0), longest=40.0)

    assert not pace.allows_another()
    assert Pace(Clock(60.0), longest=20.0).allows_another()


def test_longest_step_is_remembered():
    pace = Pace(Clock(), longest=5.0)

    with pace.step():
        pass

    assert pace.longest == 5.0
