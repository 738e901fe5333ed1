"""One probe's result, kept for ever under the key of everything that decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from steeled.core.artifact import Result
from steeled.core.digest import digest_value
from steeled.core.measurement import Measurement
from steeled.core.risk import Risk
from steeled.core.threat_model import ThreatModel


class Status(StrEnum):
    """Not run, crashed and unknown are results, and are shown."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that decides a probe's answer; its digest is the evidence key.

    Args:
        probe, version, risk: which probe.
        parameters: its fields.
        target, data, recipe: digests; empty where there is none.
        threat: the attacker.
        rows: how many rows at most.
        seed: base seed of the run.
        report_rows: whether cell values may be shown.
    """

    probe: str
    version: str
    risk: Risk
    parameters: Mapping[str, Any]
    target: str
    data: str
    recipe: str
    threat: ThreatModel
    rows: int
    seed: int
    report_rows: bool = True

    @property
    def key(self) -> str:
        """``sha256:...``; equal questions have equal keys."""
        return digest_value(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came of a question.

    Args:
        question: what was asked.
        status: completed, skipped, failed or timed out.
        reason: why it is not completed, in a sentence; or what the reader must know.
        remedy: what would change that.
        result: measurements, curves, examples, tables.
        queries, gradients, trainings, seconds: what was spent.
        allowed: seconds that it was given.
    """

    question: Question
    status: Status
    reason: str = ""
    remedy: str = ""
    result: Result = field(default_factory=Result)
    queries: int = 0
    gradients: int = 0
    trainings: int = 0
    seconds: float = 0.0
    allowed: float = 0.0

    @property
    def ran_short(self) -> bool:
        """Whether more time might have shown more."""
        return self.seconds > 0.9 * self.allowed

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def probe(self) -> str:
        return self.question.probe

    @property
    def risk(self) -> Risk:
        return self.question.risk

    @property
    def is_completed(self) -> bool:
        return self.status is Status.COMPLETED

    def measurement(self, name: str) -> Measurement | None:
        """The measurement of that name, if the probe gave one."""
        return next((m for m in self.result.measurements if m.name == name), None)
