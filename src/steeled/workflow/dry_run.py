"""What an audit would do, without doing it."""

from dataclasses import dataclass

from steeled.maths.seeds import seed_of
from steeled.workflow.audit import planned
from steeled.workflow.request import Request


@dataclass(frozen=True, slots=True)
class PlannedProbe:
    """One line of the plan.

    Args:
        name, risk: of the probe.
        key: under which its evidence is kept.
        seed: of its random draws, from the key.
        seconds: its share of the budget.
        skipped: why it will not run; empty when it will.
        remedy: what would let it run.
    """

    name: str
    risk: str
    key: str
    seed: int
    seconds: float
    skipped: str
    remedy: str


def dry_run(request: Request) -> tuple[PlannedProbe, ...]:
    """A line for every probe, those that run first."""
    return tuple(
        PlannedProbe(
            name=step.name,
            risk=step.question.risk.value,
            key=step.question.key,
            seed=seed_of(step.question.key),
            seconds=round(step.seconds, 1),
            skipped=step.skipped,
            remedy=step.remedy,
        )
        for step in planned(request)
    )
