"""What is inside a file or folder, without loading it: one digest and one verdict over the same bytes."""

import hashlib
import mmap
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from steeled.core.digest import digest_value
from steeled.errors import DataError
from steeled.scanner.budget import Budget
from steeled.scanner.finding import ScanFinding
from steeled.scanner.inspect import UNKNOWN, inspect
from steeled.scanner.part import Findings, Part
from steeled.scanner.report import ScanReport
from steeled.scanner.verdict import ScanVerdict, join

MOST_COPIED = 256 << 20  # larger files are mapped, not copied
MOST_FILES = 10_000


def scan(path: Path | str) -> ScanReport:
    """Judge a file, or every file of a folder.

    Never executes, imports or resolves anything that the file names; never unpacks to disk; ends within its budget of
    time, memory and depth, and what the budget cuts off is *unverifiable*. The name of a file decides nothing.

    Args:
        path: file or folder; symbolic links inside a folder are judged by what they point at.

    Raises:
        DataError: it does not exist or cannot be read.

    Cost: one pass for the digest, one for the content; at most ``MOST_COPIED`` bytes of a file are held in memory, and
    what its members unpack to.
    """
    path = Path(path)
    try:
        return _scan_folder(path) if path.is_dir() else _scan_file(path)
    except OSError as problem:
        raise DataError(f"expected a readable file or folder, got {path}: {problem.strerror or problem}") from None


def scan_bytes(data: bytes | memoryview, name: str = "<bytes>") -> ScanReport:
    """Judge bytes as a file of their own; the answer does not depend on the name."""
    judged = _judge(name, memoryview(data))
    return ScanReport(name, judged.digest, judged.format, judged.verdict, judged.findings, len(data))


@dataclass(frozen=True, slots=True)
class _Judged:
    digest: str
    format: str
    verdict: ScanVerdict
    findings: tuple[ScanFinding, ...]


def _scan_file(path: Path) -> ScanReport:
    judged, size = _judge_file(path, str(path))
    return ScanReport(str(path), judged.digest, judged.format, judged.verdict, judged.findings, size)


def _scan_folder(path: Path) -> ScanReport:
    files = sorted(p for p in path.rglob("*") if p.is_file())
    digests, findings, size = [], list(_odd_entries(path)), 0
    if not files or len(files) > MOST_FILES:
        findings.append(_of_folder(path, f"holds {len(files)} files; expected 1 to {MOST_FILES}"))
    for file in files[:MOST_FILES]:
        name = str(file.relative_to(path))
        judged, count = _judge_file(file, name)
        digests.append([name, judged.digest])
        findings.extend(judged.findings)
        size += count
    ordered = _worst_first(findings)
    verdict = join(finding.verdict for finding in ordered)
    return ScanReport(str(path), digest_value(digests), "folder", verdict, ordered, size)


def _odd_entries(path: Path) -> list[ScanFinding]:
    """Entries that a scan cannot follow: links to folders, links that lead outside, sockets and pipes."""
    odd, inside = [], path.resolve()
    for entry in path.rglob("*"):
        if entry.is_symlink() and (entry.is_dir() or not entry.resolve().is_relative_to(inside)):
            odd.append(_of_folder(entry, "is a link that leads elsewhere"))
        elif not entry.is_file() and not entry.is_dir():
            odd.append(_of_folder(entry, "is no regular file"))
    return odd


def _of_folder(path: Path, why: str) -> ScanFinding:
    return ScanFinding(str(path), "", 0, "", ScanVerdict.UNVERIFIABLE, why)


def _judge_file(path: Path, name: str) -> tuple[_Judged, int]:
    """Verdict and size of one file; a file that changes meanwhile is unverifiable."""
    with path.open("rb") as stream:
        before = os.fstat(stream.fileno())
        if before.st_size > MOST_COPIED:
            data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        else:
            data = memoryview(stream.read())
        judged = _judge(name, data)
        after = os.fstat(stream.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        finding = ScanFinding(name, "", 0, "", ScanVerdict.UNVERIFIABLE, "changed while it was read")
        return _Judged(
            judged.digest, judged.format, max(judged.verdict, finding.verdict), (*judged.findings, finding)
        ), len(data)
    return judged, len(data)


def _judge(name: str, data: memoryview) -> _Judged:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    findings = Findings()
    part = Part(name, "", data, 0, Budget.for_size(len(data)), findings, inspect)
    kind = inspect(part)
    return _Judged(digest, kind or UNKNOWN, findings.verdict, _worst_first(findings.found.values()))


def _worst_first(findings: Iterable[ScanFinding]) -> tuple[ScanFinding, ...]:
    """Worst first; what is called before what is only named."""
    return tuple(sorted(findings, key=lambda f: (-f.verdict.rank, not f.why.startswith("calls"))))
