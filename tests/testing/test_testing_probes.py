"""Each check of the contract can fail, and fails for the fault it is about."""

import broken_probes as probes
import pytest
from broken_probes import Sound, SoundCheck

from steeled.core.artifact import CurveRole
from steeled.core.feature_space import Modality
from steeled.core.probe import Needs
from steeled.testing import attacks
from steeled.testing import probes as contract


@pytest.mark.parametrize("probe_class", [Sound, SoundCheck])
def test_a_sound_probe_passes_every_check(probe_class: type) -> None:
    checks = contract.probe_checks(probe_class)

    for check in checks:
        check(probe_class)

    assert len(checks) >= 8


@pytest.mark.parametrize(
    ("probe_class", "check", "why"),
    [
        (probes.LeavesTheSpace, attacks.check_stays_in_space, "could not be submitted"),
        (probes.ChangesTheDtype, attacks.check_stays_in_space, "dtype"),
        (probes.DropsARow, attacks.check_stays_in_space, "shape"),
        (probes.LeavesTheBudget, attacks.check_stays_in_budget, "epsilon was"),
        (probes.GivesUp, attacks.check_beats_noise, "broke 0%"),
        (probes.GivesUp, attacks.check_reaches_linear_optimum, "0% of the rows broke"),
        (probes.StopsShort, attacks.check_reaches_linear_optimum, "of the rows broke"),
        (probes.LeavesTheBudget, attacks.check_reaches_linear_optimum, "of the rows broke within"),
        (probes.CheatsWhenShort, attacks.check_reaches_linear_optimum, "leaving the budget"),
        (probes.DrawsFromElsewhere, attacks.check_is_deterministic, "two runs"),
        (probes.WritesIntoItsRows, attacks.check_leaves_its_rows_alone, "wrote into"),
        (probes.GoesAroundTheMeter, attacks.check_counts_queries, "the meter counted"),
        (probes.GoesAroundTheLimit, attacks.check_counts_queries, "the meter counted"),
        (probes.AsksNothing, attacks.check_counts_queries, "asks nothing"),
        (probes.ForgetsReferences, contract.check_declares, "references"),
        (probes.ForgetsVersion, contract.check_declares, "version"),
        (probes.ForgetsRisk, contract.check_declares, "risk"),
        (probes.ForgetsNeeds, contract.check_declares, "needs"),
        (probes.ForgetsWhetherItMinimizes, contract.check_declares, "minimizes"),
        (probes.AttackAndCheck, contract.check_declares, "attack .* or a check"),
        (probes.TakesNonsense, contract.check_declares, "risk"),
        (probes.NotARecord, contract.check_is_a_record, "dataclass"),
        (probes.NotFrozen, contract.check_is_a_record, "frozen"),
        (probes.NotFrozenButSlotted, contract.check_is_a_record, "frozen"),
        (probes.WithoutDefault, contract.check_is_a_record, "default"),
        (probes.WithoutDocstring, contract.check_explains_itself, "docstring"),
        (probes.CostsLessForMore, contract.check_cost_is_monotone, "fewer rows cost"),
        (probes.TakesNonsense, contract.check_refuses_nonsense, "length = nan was accepted"),
        (probes.ComplainsVaguely, contract.check_refuses_nonsense, "must name length"),
        (probes.MeasuresNothing, contract.check_inspects, "measures something"),
        (probes.AlwaysHasAnExcuse, contract.check_inspects, "nothing was measured"),
        (probes.NamesTwoAlike, contract.check_inspects, "share a name"),
        (probes.NamesBadly, contract.check_inspects, "snake_case"),
        (probes.DrawsACurveBackwards, contract.check_inspects, "sorted by x"),
        (probes.TableWithHoles, contract.check_inspects, "cells"),
        (probes.InspectsByChance, contract.check_inspects_alike, "differ"),
        (probes.InspectsAroundTheMeter, contract.check_inspection_counts_queries, "the meter counted"),
    ],
)
def test_a_broken_probe_fails_the_check_of_its_fault(probe_class: type, check: contract.ProbeCheck, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check(probe_class)


def test_a_baseline_need_not_beat_itself() -> None:
    class Floor(Sound):
        curve_role = CurveRole.BASELINE

    checks = contract.probe_checks(Floor)

    assert attacks.check_stays_in_budget in checks
    assert attacks.check_beats_noise not in checks
    assert attacks.check_reaches_linear_optimum not in checks


def test_an_attack_that_minimizes_may_go_beyond_epsilon_but_must_be_optimal() -> None:
    class Minimal(Sound):
        minimizes = True

    checks = contract.probe_checks(Minimal)

    assert attacks.check_stays_in_budget not in checks
    assert attacks.check_reaches_linear_optimum in checks


def test_an_attack_on_text_alone_is_held_to_its_declarations() -> None:
    class Words(Sound):
        needs = Needs(modalities=frozenset({Modality.TEXT}))

    assert len(contract.probe_checks(Words)) == 5
