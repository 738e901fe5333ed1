"""How much work hostile bytes may cause before the scan gives up."""

import time
from dataclasses import dataclass, field

from steeled.scanner.broken import Spent

MOST_DEPTH = 8


@dataclass(slots=True)
class Budget:
    """Counts down over all members of one scan; what runs out is *unverifiable*, never safe.

    Args:
        inflated: bytes that may still be unpacked, over all members.
        members: members that may still be opened.
        opcodes: pickle opcodes that may still be read.
        seconds: wall time from creation; the digest of the bytes does not count.
    """

    inflated: int
    members: int = 50_000
    opcodes: int = 100_000_000
    seconds: float = 120.0
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def for_size(cls, size: int) -> "Budget":
        """100 times the input, but 64 MiB at least and 4 GiB at most."""
        return cls(inflated=min(max(64 << 20, 100 * size), 4 << 30))

    def spend_inflated(self, count: int) -> None:
        self.inflated -= count
        if self.inflated < 0:
            raise Spent("unpacks to more bytes than its size explains")

    def spend_member(self) -> None:
        self.members -= 1
        if self.members < 0:
            raise Spent("holds too many members")
        self.check_time()

    def spend_opcodes(self, count: int) -> None:
        self.opcodes -= count
        if self.opcodes < 0:
            raise Spent("holds too many pickle opcodes")
        self.check_time()

    def check_time(self) -> None:
        if time.monotonic() - self.started > self.seconds:
            raise Spent(f"takes more than {self.seconds:.0f} s to read")
