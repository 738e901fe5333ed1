"""Scans files and says what that means for a pipeline."""

from collections.abc import Sequence
from pathlib import Path

from steeled.errors import DataError
from steeled.scanner.report import ScanReport
from steeled.scanner.scan import scan
from steeled.scanner.verdict import ScanVerdict


def scan_files(paths: Sequence[Path]) -> tuple[ScanReport, ...]:
    """A report for each path, in order.

    Raises:
        DataError: a path is not there.
    """
    for path in paths:
        if not path.exists():
            raise DataError(f"{path} does not exist; give files or folders to scan")
    return tuple(scan(path) for path in paths)


def exit_code(reports: Sequence[ScanReport]) -> int:
    """0 all safe; 1 one can run code or is malformed; 3 one could not be inspected completely."""
    verdicts = {report.verdict for report in reports}
    if verdicts - {ScanVerdict.SAFE, ScanVerdict.UNVERIFIABLE}:
        return 1
    return 3 if ScanVerdict.UNVERIFIABLE in verdicts else 0
