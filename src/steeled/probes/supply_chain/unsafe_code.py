"""Can a file of this model run code when somebody loads it?

What it tests. The scanner reads every model file byte by byte, without loading it: pickles are followed instruction by
instruction and their names held against an allow-list; other formats are checked for code, foreign operators, unsafe
paths and contradictions. Nothing of the file is executed or imported.

How to read it. ``unsafe_files`` counts files that carry code, break their format or do something known to be harmful:
whoever can replace such a file owns the machine that loads it. ``unverifiable_files`` counts files that could not be
read to the end: unknown classes, unknown formats, encryption. Both are exact counts, and only 0 is good. The table says
where.

What it cannot show. Whether the *weights* hide a backdoor (see the poisoning probes); what other files of the
deployment do; holes in the libraries that load the file.

References. CWE-502 (deserialization of untrusted data), CWE-829; MITRE ATLAS AML.T0010.003 (AI supply chain
compromise: model), AML.T0011.000 (unsafe AI artifacts); NIST AI 100-2 NISTAML.05.

Cost. One read of every file; no model, no queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from steeled.core.access import Access
from steeled.core.artifact import Result, Table
from steeled.core.case import Case
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.scanner.report import ScanReport
from steeled.scanner.scan import scan
from steeled.scanner.verdict import ScanVerdict

_UNSAFE = frozenset({ScanVerdict.CODE_CARRYING, ScanVerdict.MALFORMED, ScanVerdict.DANGEROUS})
_UNVERIFIABLE = frozenset({ScanVerdict.UNVERIFIABLE})
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class UnsafeCode:
    """Reads the model's files without loading them."""

    risk: ClassVar[Risk] = Risk.SUPPLY_CHAIN
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs(access=Access.FILES, test=False, files=True)
    references: ClassVar[tuple[str, ...]] = (
        "CWE-502",
        "CWE-829",
        "AML.T0010.003",
        "AML.T0011.000",
        "NISTAML.05",
    )

    def cost(self, rows: int) -> Cost:
        return Cost()

    def inspect(self, case: Case) -> Result:
        """Counts of files by verdict, and what was found where.

        Raises:
            DataError: a file cannot be read.
        """
        if not case.files:
            reason = "there is no model file to inspect"
            names = ("unsafe_files", "unverifiable_files")
            return Result(tuple(not_measurable(name, Unit.COUNT, Bound.EXACT, reason) for name in names))
        reports = [scan(path) for path in case.files]
        return Result(
            measurements=(
                _count("unsafe_files", reports, _UNSAFE),
                _count("unverifiable_files", reports, _UNVERIFIABLE),
            ),
            tables=_findings(reports),
        )


def _count(name: str, reports: Sequence[ScanReport], verdicts: frozenset[ScanVerdict]) -> Measurement:
    """How many files got one of these verdicts; the note is the worst file's own sentence."""
    counted = sorted((report for report in reports if report.verdict in verdicts), key=lambda r: -r.verdict.rank)
    note = counted[0].sentence if counted else ""
    return Measurement(name, float(len(counted)), None, None, len(reports), Unit.COUNT, Bound.EXACT, note)


def _findings(reports: Sequence[ScanReport]) -> tuple[Table, ...]:
    found = sorted((f for report in reports for f in report.findings), key=lambda f: -f.verdict.rank)
    rows = tuple(
        (f.path, f"{f.member or 'the file itself'} at byte {f.offset}", f.name, f.verdict.value, f.why) for f in found
    )
    if not rows:
        return ()
    caption = f"{_SHOWN} of {len(rows)} findings, worst first" if len(rows) > _SHOWN else "worst first"
    return (Table("findings", ("file", "where", "name", "verdict", "why"), rows[:_SHOWN], caption),)
