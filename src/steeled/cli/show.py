"""What the commands print: the terminal report with the paths of the pages, plans, scans and comparisons."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from steeled.core.digest import plain
from steeled.core.measurement import Measurement
from steeled.core.record import Record
from steeled.reports import json as json_report
from steeled.reports import terminal
from steeled.reports._numbers import figure
from steeled.workflow.compare import Comparison
from steeled.workflow.dry_run import PlannedProbe


def show_record(record: Record, paths: Mapping[str, Path], as_json: bool) -> str:
    """The verdict as text with where the reports are, or the whole record as JSON."""
    if as_json:
        return json_report.render(record)
    fancy = sys.stdout.isatty()
    text = terminal.render(record, color=fancy, ascii=not fancy)
    written = "\n".join(f"{name:9} {path.absolute()}" for name, path in paths.items())
    return f"{text.rstrip()}\n\n{written}"


def show_plan(probes: Sequence[PlannedProbe], as_json: bool) -> str:
    """Every probe with its seed and share of the budget, or the reason why it is skipped."""
    if as_json:
        return json.dumps(plain(probes), indent=2)
    lines = [f"{'probe':20} {'risk':13} {'share':>7}  {'seed':>10}  skipped because"]
    for probe in probes:
        share = "" if probe.skipped else f"{probe.seconds:.0f} s"
        seed = "" if probe.skipped else str(probe.seed)
        remedy = f"; {probe.remedy}" if probe.remedy else ""
        lines.append(f"{probe.name:20} {probe.risk:13} {share:>7}  {seed:>10}  {probe.skipped}{remedy}".rstrip())
    return "\n".join(lines)


def show_comparison(changes: Sequence[Comparison], as_json: bool) -> str:
    """A row for each rule: before, after, and whether the change is beyond chance."""
    if as_json:
        return json.dumps(plain(changes), indent=2)
    lines = [f"{'rule':8} {'before':24} {'after':24} change"]
    for change in changes:
        before, after = _number(change.before), _number(change.after)
        lines.append(f"{change.rule.id:8} {before:24} {after:24} {change.trend.value}")
    return "\n".join(lines)


def _number(measurement: Measurement | None) -> str:
    return "not measured" if measurement is None else figure(measurement).text.replace("\u202f", " ")
