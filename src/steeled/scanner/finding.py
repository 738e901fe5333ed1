"""One thing that a scan found, and where."""

from dataclasses import dataclass

from steeled.scanner.verdict import ScanVerdict


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """A reason why a file is not safe.

    Args:
        path: the file, as it was named to the scan; relative to the folder when a folder was scanned.
        member: chain of members inside the file, such as ``a.zip!/data.pkl``; empty for the file itself.
        offset: byte in that member, >= 0.
        name: dotted name that the member asks for, such as ``posix.system``; empty when it is not about a name.
        verdict: how bad; never safe.
        why: one clause without a period.
    """

    path: str
    member: str
    offset: int
    name: str
    verdict: ScanVerdict
    why: str

    @property
    def place(self) -> str:
        """``credit.zip!/data.pkl at byte 34``."""
        inside = f"!/{self.member}" if self.member else ""
        return f"{self.path}{inside} at byte {self.offset}"
