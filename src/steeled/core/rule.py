"""One line of a policy: which measure must stay on which side of which limit."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What an outcome does: is watched, is written beside the change, or stops the deployment."""

    MONITOR = "monitor"
    COMMENT = "comment"
    BLOCK = "block"


class Severity(StrEnum):
    """How bad it is when the rule fails."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Against(StrEnum):
    """What is compared with the limit."""

    INTERVAL = "interval"  # pass wholly inside, fail wholly outside, else inconclusive
    LOWER = "lower95"
    UPPER = "upper95"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit on a measure.

    Args:
        id: such as ``EVA-01``.
        metric: ``<risk>.<measure>``, over every probe that gives it; or ``<risk>.<probe>.<measure>``.
        title: what is asked, in a phrase.
        maximum, minimum: the allowed side; exactly one is given.
        against: what is compared.
        severity: low to critical.
        mode: monitor, comment or block.
        remedy: what to do when it fails.
    """

    id: str
    metric: str
    title: str = ""
    maximum: float | None = None
    minimum: float | None = None
    against: Against = Against.INTERVAL
    severity: Severity = Severity.MEDIUM
    mode: Mode = Mode.BLOCK
    remedy: str = ""

    def __post_init__(self) -> None:
        if (self.maximum is None) == (self.minimum is None):
            raise ValueError(f"rule {self.id}: give either max or min")
        if self.metric.count(".") not in (1, 2):
            raise ValueError(f"rule {self.id}: metric must be risk.measure or risk.probe.measure, got {self.metric!r}")

    @property
    def limit(self) -> float:
        limit = self.maximum if self.maximum is not None else self.minimum
        assert limit is not None
        return limit

    @property
    def risk(self) -> str:
        return self.metric.split(".")[0]

    @property
    def measure(self) -> str:
        return self.metric.split(".")[-1]

    @property
    def probe(self) -> str | None:
        """The only probe whose measure counts, or None for all of the risk."""
        parts = self.metric.split(".")
        return parts[1] if len(parts) == 3 else None
