"""Runs the command line in a process of its own, as a user does, and reads what it left."""

import html
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steeled.core.record import Record
from steeled.reports import json as json_report


@dataclass(frozen=True)
class Ran:
    """A command that has ended, and the folder it wrote to."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def record(self) -> Record:
        assert (self.folder / "report.json").exists(), self.err
        return json_report.parse((self.folder / "report.json").read_text("utf-8"))

    @property
    def page(self) -> str:
        return (self.folder / "report.html").read_text("utf-8")

    def finding(self, rule: str) -> Any:
        return next(f for f in self.record.verdict.findings if f.rule.id == rule)

    def evidence(self, probe: str) -> Any:
        return next(e for e in self.record.evidence if e.probe == probe)

    def completed(self) -> dict[str, set[str]]:
        """Probes with evidence, by risk."""
        found: dict[str, set[str]] = {}
        for evidence in self.record.evidence:
            if evidence.is_completed:
                found.setdefault(evidence.risk.value, set()).add(evidence.probe)
        return found


def steeled(*words: object, cwd: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "steeled", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(cwd)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout)


def audit(*words: object, cwd: Path, timeout: float = 300) -> Ran:
    folder = cwd / "report"
    done = steeled("audit", *words, "--out", folder, "--quiet", cwd=cwd, timeout=timeout)
    return Ran(done.returncode, done.stdout, done.stderr, folder)


def embedded(page: str) -> Any:
    """The JSON inside the page."""
    start = page.index('<template id="verdict">')
    return json.loads(html.unescape(page[page.index(">", start) + 1 : page.index("</template>", start)]))
