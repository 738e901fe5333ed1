"""What a scan says of a file, from best to worst."""

from collections.abc import Iterable
from enum import StrEnum


class ScanVerdict(StrEnum):
    """Ordered by what a gate does: pass, inconclusive, then three kinds of fail.

    ``join`` is associative, commutative and idempotent, and never better than any of its parts.
    """

    SAFE = "safe"  # every byte claimed, every name and use on the allow-list, all budgets kept
    UNVERIFIABLE = "unverifiable"  # unknown class or format, encrypted, budget spent, computed name
    CODE_CARRYING = "code-carrying"  # holds code by design: known and located
    MALFORMED = "malformed"  # breaks its format, or two readers would see two things
    DANGEROUS = "dangerous"  # known harmful name, use, operator or path

    @property
    def rank(self) -> int:
        """0 for safe to 4 for dangerous."""
        return list(ScanVerdict).index(self)

    @property
    def is_safe(self) -> bool:
        return self is ScanVerdict.SAFE

    def __lt__(self, other: str) -> bool:
        return self.rank < ScanVerdict(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= ScanVerdict(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > ScanVerdict(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= ScanVerdict(other).rank


def join(verdicts: Iterable[ScanVerdict]) -> ScanVerdict:
    """The worst of them; safe for none."""
    return max(verdicts, default=ScanVerdict.SAFE)
