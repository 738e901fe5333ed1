from pathlib import Path

import pytest

from steeled.core.evidence import Evidence, Question, Status
from steeled.core.risk import Risk
from steeled.core.threat_model import ThreatModel
from steeled.plan import Step, probe_named
from steeled.store.sqlite import Store
from steeled.workflow.kept import kept

QUESTION = Question("noise", "1", Risk.EVASION, {}, "t", "d", "", ThreatModel(), 100, 0)


def step(seconds: float, skipped: str = "") -> Step:
    return Step("noise", probe_named("noise", {}), QUESTION, seconds, skipped, "do this")


@pytest.mark.parametrize(
    ("status", "spent", "allowed", "now", "is_kept"),
    [
        (Status.COMPLETED, 1.0, 10.0, 10.0, True),
        (Status.COMPLETED, 1.0, 10.0, 1000.0, True),  # it had time to spare: more would show nothing new
        (Status.COMPLETED, 9.9, 10.0, 10.0, True),
        (Status.COMPLETED, 9.9, 10.0, 10.4, True),
        (Status.COMPLETED, 9.9, 10.0, 60.0, False),  # it stopped because its share was used up
        (Status.FAILED, 1.0, 10.0, 10.0, False),
        (Status.TIMED_OUT, 10.0, 10.0, 10.0, False),
    ],
)
def test_evidence_is_kept_unless_it_failed_or_more_time_might_show_more(
    status: Status, spent: float, allowed: float, now: float, is_kept: bool, tmp_path: Path
) -> None:
    evidence = Evidence(QUESTION, status, seconds=spent, allowed=allowed)

    with Store(tmp_path / "e.sqlite") as store:
        store.put(evidence)
        found = kept(step(now), store)

    assert found == (evidence if is_kept else None)


def test_a_skipped_step_is_answered_with_its_reason_and_nothing_is_looked_up(tmp_path: Path) -> None:
    with Store(tmp_path / "e.sqlite") as store:
        found = kept(step(0.0, skipped="no gradients"), store)

    assert found is not None
    assert (found.status, found.reason, found.remedy) == (Status.SKIPPED, "no gradients", "do this")


def test_what_was_never_asked_has_to_run(tmp_path: Path) -> None:
    with Store(tmp_path / "e.sqlite") as store:
        assert kept(step(10.0), store) is None
