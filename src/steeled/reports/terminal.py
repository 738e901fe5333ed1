"""The verdict in a terminal of 80 columns, readable without color and without anything but ASCII."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from steeled.core.record import Record
from steeled.core.verdict import Finding, Outcome
from steeled.knowledge.catalogue import entry
from steeled.reports._actions import next_actions
from steeled.reports._bars import bar_of, cells
from steeled.reports._numbers import figure, limit_of
from steeled.reports._sentences import lead
from steeled.reports._states import (
    FAIL,
    INCONCLUSIVE,
    NOT_TESTED,
    PASS,
    in_short,
    in_vain,
    state_of,
    state_of_probe,
    state_of_verdict,
    unfinished,
    unmeasured_risks,
)
from steeled.reports._text import ascii_only, clip, cut, plain

_COLORS = {"fail": "31", "pass": "32", "open": "33", "none": "90"}
_WORDS = {state.word.upper(): state.look for state in (FAIL, PASS, INCONCLUSIVE, NOT_TESTED)}
_BAR = 22
_LONGEST_ID = 12
_MOST_RULES = 40
_MOST_UNTESTED = 20


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Columns and character set to write for; lay out only what went through ``say``."""

    width: int
    ascii: bool

    def say(self, text: str) -> str:
        """One line, without characters that change how others look."""
        return ascii_only(plain(text)) if self.ascii else plain(text)

    def fitted(self, line: str, columns: int = 0) -> str:
        """The line, cut to so many columns, or to the width."""
        columns = columns or self.width
        if _columns(line) <= columns:
            return line
        mark = "..." if self.ascii else "…"
        while _columns(line) > columns - len(mark):
            line = line[:-1]
        return line + mark

    def wrapped(self, text: str, first: str = "", rest: str = "") -> list[str]:
        lines = textwrap.wrap(self.say(clip(text, 400)), self.width, initial_indent=first, subsequent_indent=rest)
        return [self.fitted(line) for line in lines]

    def listed(self, texts: Sequence[str], numbered: bool = False) -> list[str]:
        lines: list[str] = []
        for number, text in enumerate(texts, 1):
            mark = f"{number}. " if numbered else "- "
            lines += self.wrapped(text, first="  " + mark, rest="  " + " " * len(mark))
        return lines


def render(record: Record, color: bool = False, ascii: bool = False, width: int = 80) -> str:
    """Verdict, one row a rule, the lead sentence, three actions, what was not tested, exit code.

    Args:
        record: the audit.
        color: adds ANSI colors to the words; nothing is said by color alone.
        ascii: writes ASCII only.
        width: columns, at least 60.
    """
    sheet = _Sheet(width, ascii)
    word = state_of_verdict(record.verdict.outcome).word.upper()
    blocks = [
        [sheet.fitted(f"{word}  {sheet.fitted(sheet.say(record.model), 30)}  {_blocking(record)}")],
        _rules(record, sheet),
        sheet.wrapped(lead(record).text),
        _doubts(record, sheet),
        _actions(record, sheet),
        _untested(record, sheet),
        [f"Exit code {record.verdict.exit_code}. Not measured is never counted as passed."],
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
    return _colored(text) if color else text


def _blocking(record: Record) -> str:
    """``2 of 7 blocking rules fail``."""
    blocking = record.verdict.blocking
    failing = sum(f.outcome is Outcome.FAIL for f in blocking)
    undecided = sum(f.outcome is Outcome.INCONCLUSIVE for f in blocking)
    rules = f"of {len(blocking)} blocking rule{'' if len(blocking) == 1 else 's'}"
    if failing:
        return f"{failing} {rules} fail{'s' if failing == 1 else ''}"
    return f"{undecided} {rules} undecided" if undecided else f"{len(blocking)} {rules} pass"


def _rules(record: Record, sheet: _Sheet) -> list[str]:
    """One row a rule; where the bars do not fit beside, each stands below its row."""
    findings = record.verdict.findings[:_MOST_RULES]
    rows = [tuple(sheet.say(cell) for cell in _row(record, finding)) for finding in findings]
    rows = [(row[0], sheet.fitted(row[1], _LONGEST_ID), *row[2:]) for row in rows]
    if not _fit(rows, sheet):
        rows = [(*row[:3], row[3].removeprefix("limit "), row[4]) for row in rows]
    sizes, fits = _sizes(rows), _fit(rows, sheet)
    lines: list[str] = []
    for row in rows:
        parts = [_padded(cell, size) for cell, size in zip(row[:4], sizes, strict=True)]
        if row[4] and fits:
            parts.append(row[4])
        # a reason instead of a number may be longer than its column
        gap = "  " if _columns(row[2]) > sizes[2] else " "
        text = " ".join(parts[:3]) + gap + " ".join(parts[3:])
        lines.append(sheet.fitted(text.rstrip()))
        if row[4] and not fits:
            lines.append(" " * (sizes[0] + sizes[1] + 2) + row[4])
    more = len(record.verdict.findings) - len(findings)
    return [*lines, f"and {more} more in report.json"] if more else lines


def _sizes(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """Columns of word, id, measured and limit; where there is no bar, the last two may run on."""
    heads = [max((_columns(row[k]) for row in rows), default=0) for k in (0, 1)]
    return heads + [max((_columns(row[k]) for row in rows if row[4]), default=0) for k in (2, 3)]


def _fit(rows: Sequence[tuple[str, ...]], sheet: _Sheet) -> bool:
    """Whether the bars fit beside their rows."""
    return sum(_sizes(rows)) + 4 + _BAR <= sheet.width


def _row(record: Record, finding: Finding) -> tuple[str, str, str, str, str]:
    """Word, id, measured, limit, bar; no bar where a count or a reason says more."""
    word, rule = state_of(finding).word.upper(), cut(finding.rule.id, 40)
    measurement = finding.measurement
    if measurement is None:
        return word, rule, in_short(record, finding), "", ""
    bar = bar_of(measurement, finding.rule)
    limit = f"limit {limit_of(finding.rule, measurement.unit)}"
    return word, rule, figure(measurement, finding.rule.limit).text, limit, cells(bar) if bar else ""


def _doubts(record: Record, sheet: _Sheet) -> list[str]:
    doubts = record.verdict.doubts
    return ["Contradictions in the evidence", *sheet.listed([d.sentence for d in doubts])] if doubts else []


def _actions(record: Record, sheet: _Sheet) -> list[str]:
    actions = [f"{action.action} ({action.effort or action.effect})" for action in next_actions(record)]
    return ["Next actions", *sheet.listed(actions, numbered=True)] if actions else []


def _untested(record: Record, sheet: _Sheet) -> list[str]:
    probes = unfinished(record)
    lines = [
        f"{e.probe}: {state_of_probe(e).word.lower()}; {e.reason or 'no reason was given'}"
        for e in probes[:_MOST_UNTESTED]
    ]
    if len(probes) > _MOST_UNTESTED:
        lines.append(f"and {len(probes) - _MOST_UNTESTED} more in report.json")
    told = [f"{f.rule.id}: {f.reason}" for f in record.verdict.findings if f.reason and in_vain(record, f)]
    lines += told[:_MOST_UNTESTED]
    without = [entry(risk).name for risk in unmeasured_risks(record)]
    if without:
        lines.append(f"No probe gave evidence on: {', '.join(without)}")
    lines.append("Hardening, proofs and the serving system: not part of this run")
    return ["Not tested", *sheet.listed(lines)]


def _columns(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _padded(text: str, size: int) -> str:
    return text + " " * max(0, size - _columns(text))


def _colored(text: str) -> str:
    """Colors the word that a line begins with."""
    lines = []
    for line in text.split("\n"):
        word = next((w for w in _WORDS if line.startswith(w + " ")), None)
        lines.append(f"\033[1;{_COLORS[_WORDS[word]]}m{word}\033[0m{line[len(word) :]}" if word else line)
    return "\n".join(lines)
