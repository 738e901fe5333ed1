from dataclasses import replace

import numpy as np
import pytest

from steeled.core.access import Access
from steeled.core.column import Column, Kind
from steeled.core.feature_space import table_space
from steeled.core.meter import Meter
from steeled.errors import AccessError, BudgetExhausted
from steeled.maths.losses import margin
from steeled.testing.stubs import LinearStub

SPACE = table_space([Column(name, Kind.REAL, -5.0, 5.0) for name in ("a", "b")])


def stub() -> LinearStub:
    return LinearStub(np.array([[0.0, 1.0], [0.0, -1.0]]), np.zeros(2), SPACE)


def test_the_last_row_of_the_budget_may_be_asked_and_the_next_may_not() -> None:
    meter = Meter(stub(), limit=5)

    meter.scores(np.zeros((3, 2)))
    meter.scores(np.zeros((2, 2)))

    assert meter.remaining == 0
    with pytest.raises(BudgetExhausted, match="budget of 5"):
        meter.scores(np.zeros((1, 2)))
    assert meter.tally.queries == 5


def test_a_call_that_would_exceed_the_budget_is_not_made_at_all() -> None:
    inner = stub()
    meter = Meter(inner, limit=5)

    with pytest.raises(BudgetExhausted):
        meter.scores(np.zeros((6, 2)))

    assert (meter.tally.queries, meter.tally.calls, inner.tally.queries) == (0, 0, 0)


def test_a_row_whose_gradient_is_taken_is_one_query_and_one_gradient() -> None:
    meter = Meter(stub())

    meter.loss_gradient(np.zeros((4, 2)), np.zeros(4, dtype=int), margin)

    assert (meter.tally.queries, meter.tally.calls, meter.tally.gradients) == (4, 1, 4)


def test_an_attacker_gets_no_more_than_is_known_to_him() -> None:
    meter = replace(Meter(stub()), knowledge=Access.SCORES)

    assert meter.grants is Access.SCORES
    with pytest.raises(AccessError, match="scores only"):
        meter.loss_gradient(np.zeros((1, 2)), np.zeros(1, dtype=int), margin)
    assert meter.tally.queries == 0
