"""A run of bytes to be judged: a file, a member of an archive, or what lies between two members."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from steeled.scanner.broken import Spent
from steeled.scanner.budget import MOST_DEPTH, Budget
from steeled.scanner.finding import ScanFinding
from steeled.scanner.verdict import ScanVerdict

MOST_FINDINGS = 200


@dataclass(slots=True)
class Findings:
    """What was found so far, each thing once; past ``MOST_FINDINGS`` only the worst verdict is kept."""

    found: dict[tuple[str, str, str, ScanVerdict], ScanFinding] = field(default_factory=dict)
    verdict: ScanVerdict = ScanVerdict.SAFE

    def add(self, finding: ScanFinding) -> None:
        self.verdict = max(self.verdict, finding.verdict)
        key = (finding.member, finding.name, finding.why, finding.verdict)
        if len(self.found) < MOST_FINDINGS or finding.verdict is ScanVerdict.DANGEROUS:
            self.found.setdefault(key, finding)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes with their place, the shared budget and the shared findings.

    Args:
        path: the file on disk.
        member: chain of members; empty for the file itself.
        data: the bytes, never copied as a whole by readers.
        depth: how many containers lie around it.
        budget: shared by all parts of a scan.
        findings: where ``note`` writes.
        known: what readers already worked out about these bytes, such as the directory of an archive.
        inspect: identifies a part, runs every reader that claims it, and returns its format.
    """

    path: str
    member: str
    data: memoryview
    depth: int
    budget: Budget
    findings: Findings
    inspect: "Callable[[Part], str]"
    known: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Last element of the chain: what the file or member is called."""
        return (self.member or self.path).replace("\\", "/").rsplit("/", 1)[-1]

    def note(self, verdict: ScanVerdict, why: str, *, offset: int = 0, name: str = "") -> None:
        self.findings.add(ScanFinding(self.path, self.member, offset, name[:200], verdict, why[:300]))

    def head(self, count: int) -> bytes:
        return bytes(self.data[:count])

    def child(self, name: str, data: memoryview | bytes) -> "Part":
        """The same scan, one container deeper.

        Raises:
            Spent: nested deeper than ``MOST_DEPTH``, or too many members.
        """
        if self.depth >= MOST_DEPTH:
            raise Spent(f"is nested more than {MOST_DEPTH} containers deep")
        self.budget.spend_member()
        chain = f"{self.member}!/{name}" if self.member else name
        return replace(self, member=chain, data=memoryview(data), depth=self.depth + 1, known={})

    def inside(self, name: str, data: memoryview | bytes) -> str:
        """Judge a member, and return its format."""
        return self.inspect(self.child(name, data))

    def aside(self) -> "Part":
        """The same bytes with findings of their own: to look without judging."""
        return replace(self, findings=Findings(), known={})

    def leftover(self, start: int, stop: int) -> None:
        """Bytes that no reader claims: zero padding is fine; anything else is judged as a file of its own."""
        rest = self.data[start:stop]
        if not is_zero(rest):
            self.note(ScanVerdict.UNVERIFIABLE, "holds bytes that its format does not claim", offset=start)
            self.inside(f"bytes {start} to {stop}", rest)


def is_zero(data: memoryview) -> bool:
    """Whether all bytes are 0. Cost: one pass in blocks."""
    block = bytes(1 << 16)
    return all(data[i : i + len(block)] == block[: len(data) - i] for i in range(0, len(data), len(block)))
