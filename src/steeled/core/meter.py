"""Counts what a probe asks of a target, and stops it at its budget."""

from dataclasses import dataclass, field

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.loss import Loss
from steeled.core.signature import Signature
from steeled.core.target import Gradient, Target
from steeled.errors import AccessError, BudgetExhausted


@dataclass(slots=True)
class Tally:
    """Running counts: rows asked, calls made, rows whose gradient was taken."""

    queries: int = 0
    calls: int = 0
    gradients: int = 0


@dataclass(frozen=True, slots=True)
class Meter:
    """A Target that passes everything on, counts rows, and grants no more than the attacker may have.

    A row whose gradient is taken counts as one query and one gradient. A call that would exceed ``limit`` is not made.

    Args:
        inner: the target itself.
        knowledge: the most the attacker may use.
        limit: rows that may be asked in all; None for no limit.
    """

    inner: Target
    knowledge: Access = Access.PARAMETERS
    limit: int | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def signature(self) -> Signature:
        return self.inner.signature

    @property
    def grants(self) -> Access:
        return min(self.inner.grants, self.knowledge)

    @property
    def digest(self) -> str:
        return self.inner.digest

    @property
    def lineage(self) -> tuple[str, ...]:
        return self.inner.lineage

    @property
    def stochastic(self) -> bool:
        return self.inner.stochastic

    @property
    def remaining(self) -> float:
        """Rows that may still be asked."""
        return float("inf") if self.limit is None else self.limit - self.tally.queries

    def scores(self, x: Array) -> Array:
        self._count(len(x))
        return self.inner.scores(x)

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        if self.grants < Access.GRADIENTS:
            raise AccessError(f"gradients are not granted: this attacker sees {self.grants.name.lower()} only")
        self._count(len(x))
        self.tally.gradients += len(x)
        return self.inner.loss_gradient(x, y, loss)

    def _count(self, rows: int) -> None:
        if rows > self.remaining:
            raise BudgetExhausted(
                f"{rows} more rows would exceed the budget of {self.limit} queries, {self.tally.queries} used; raise it"
            )
        self.tally.queries += rows
        self.tally.calls += 1
