"""Whether the model may be deployed, and why."""

from dataclasses import dataclass
from enum import StrEnum

from steeled.core.measurement import Measurement
from steeled.core.rule import Mode, Rule


class Outcome(StrEnum):
    """No evidence is never a pass."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the evidence says to one rule.

    Args:
        rule: the rule, with its limit and mode.
        outcome: pass, fail or inconclusive.
        reason: one sentence with the numbers.
        measurement: the one that decided; None when there is none.
        probe: which probe gave it.
        evidence: keys of the evidence looked at.
        would_decide: what would settle an inconclusive rule.
    """

    rule: Rule
    outcome: Outcome
    reason: str
    measurement: Measurement | None = None
    probe: str = ""
    evidence: tuple[str, ...] = ()
    would_decide: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contradiction in the evidence, found by cross-examination; it turns a pass into inconclusive.

    Args:
        risk: whose evidence is doubted.
        sentence: what contradicts what.
        evidence: keys of both sides.
    """

    risk: str
    sentence: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Findings, worst first, and the one word that drives text, exit code and every report."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 inconclusive."""
        return {Outcome.PASS: 0, Outcome.FAIL: 1, Outcome.INCONCLUSIVE: 3}[self.outcome]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.rule.mode is Mode.BLOCK)
