from dataclasses import replace

import pytest

from steeled.core.access import Access
from steeled.core.collection import members
from steeled.core.feature_space import Modality
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.subject import Subject
from steeled.core.threat_model import ThreatModel
from steeled.errors import ConfigurationError
from steeled.plan import Means, Step, make_plan

PIPELINE = Subject(
    signature=Signature((3,), "float64", Task.CLASSIFICATION, ("bad", "good"), ScoreKind.PROBABILITIES),
    grants=Access.SCORES,
    task=Task.CLASSIFICATION,
    modality=Modality.TABLE,
    target_digest="sha256:t",
    data_digest="sha256:d",
    recipe_digest="sha256:r",
    has_train=True,
    members_known=True,
    has_recipe=True,
    has_files=True,
    is_continuous=False,
    test_rows=250,
    seconds_per_row=1e-5,
    classes=("bad", "good"),
    low=0.0,
    high=1.0,
    spread=0.0,
    family="sklearn",
    description="",
    rows="",
)
MEANS = Means(rows=100, seconds=60.0)


def by_name(subject: Subject = PIPELINE, threat: ThreatModel | None = None, means: Means = MEANS) -> dict[str, Step]:
    return {step.name: step for step in make_plan(subject, threat or ThreatModel(), means)}


def test_every_probe_found_by_place_is_in_the_plan() -> None:
    found = {name for risk in Risk for name in members(f"probes/{risk.value}")}

    assert set(by_name()) == found


def test_the_shares_add_up_to_the_budget_of_all_workers() -> None:
    steps = by_name().values()

    assert sum(step.seconds for step in steps) == pytest.approx(MEANS.seconds * MEANS.workers)
    assert all((step.seconds > 0) != bool(step.skipped) for step in steps)


def test_an_attack_that_needs_gradients_is_skipped_on_a_model_without_and_says_so() -> None:
    step = by_name()["pgd"]

    assert step.skipped == "needs gradients; this model grants scores only"


def test_an_attacker_who_sees_labels_only_runs_no_attack_on_scores() -> None:
    step = by_name(threat=ThreatModel(knowledge=Access.LABELS))["greedy_features"]

    assert "this attacker sees labels only" in step.skipped
    assert step.remedy == "set threat.knowledge"


@pytest.mark.parametrize(
    ("change", "probe", "reason"),
    [
        ({"has_recipe": False}, "membership", "train this model again"),
        ({"members_known": False}, "membership", "trained on"),
        ({"has_train": False}, "label_flips", "training rows"),
        ({"has_files": False}, "unsafe_code", "no model file"),
        ({"modality": Modality.ARRAY}, "greedy_features", "array"),
    ],
)
def test_what_is_missing_is_the_reason_for_skipping(change: dict[str, object], probe: str, reason: str) -> None:
    step = by_name(replace(PIPELINE, **change))[probe]  # type: ignore[arg-type]

    assert reason in step.skipped


def test_a_refused_model_is_only_scanned() -> None:
    steps = by_name(replace(PIPELINE, signature=None, grants=Access.FILES, refused="it calls os.system"))

    assert [name for name, step in steps.items() if not step.skipped] == ["unsafe_code"]
    assert "os.system" in steps["noise"].skipped


def test_only_and_without_choose_probes_and_risks() -> None:
    only = by_name(means=replace(MEANS, only=("privacy", "noise")))
    without = by_name(means=replace(MEANS, without=("privacy", "noise")))

    assert {name for name, step in only.items() if not step.skipped} == {"membership", "noise"}
    assert {"membership", "noise"} <= {name for name, step in without.items() if step.skipped == "not asked for"}


@pytest.mark.parametrize(
    ("means", "message"),
    [
        (replace(MEANS, only=("privcy",)), "did you mean 'privacy'"),
        (replace(MEANS, parameters={"nois": {}}), "did you mean 'noise'"),
        (replace(MEANS, parameters={"noise": {"drws": 3}}), "did you mean 'draws'"),
        (replace(MEANS, parameters={"noise": {"draws": -3}}), "draws"),
    ],
)
def test_a_wrong_name_or_value_is_an_error_that_suggests_the_near_one(means: Means, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        by_name(means=means)


def test_parameters_change_the_key_and_nothing_else_does() -> None:
    before, after = by_name(), by_name(means=replace(MEANS, parameters={"noise": {"draws": 3}}))
    richer = by_name(means=replace(MEANS, seconds=600.0))

    assert {name for name in before if before[name].question.key != after[name].question.key} == {"noise"}
    assert all(before[name].question.key == richer[name].question.key for name in before)
