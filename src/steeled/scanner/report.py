"""What a scan says of a whole file or folder, and the line that would allow it."""

from dataclasses import dataclass

from steeled.scanner.finding import ScanFinding
from steeled.scanner.verdict import ScanVerdict

_ENDINGS = {
    ScanVerdict.UNVERIFIABLE: "cannot be verified",
    ScanVerdict.CODE_CARRYING: "carries code",
    ScanVerdict.MALFORMED: "malformed",
    ScanVerdict.DANGEROUS: "refused",
}


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The joined verdict with everything found.

    Args:
        path: what was scanned.
        digest: ``sha256:<hex>`` of the bytes that were scanned, equal to ``core.digest.digest_file``.
        format: what the content is, such as ``joblib`` or ``torch_zip``; ``folder``; ``unknown``.
        verdict: join of all findings; safe when there are none.
        findings: worst first.
        size: bytes read.
    """

    path: str
    digest: str
    format: str
    verdict: ScanVerdict
    findings: tuple[ScanFinding, ...]
    size: int

    @property
    def is_safe(self) -> bool:
        return self.verdict.is_safe

    @property
    def allow(self) -> str:
        """The option that makes steeled load exactly these bytes all the same."""
        return f"--trust {self.digest}"

    @property
    def sentence(self) -> str:
        """One sentence for an error message: ``credit.joblib calls posix.system at byte 34: refused``."""
        if not self.findings:
            return f"{self.path}: nothing but what a {self.format} file of known classes holds"
        worst = self.findings[0]
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        inside = f"!/{worst.member}" if worst.member else ""
        return f"{worst.path}{inside} {worst.why} at byte {worst.offset}: {_ENDINGS[worst.verdict]}{more}"
