import io
import re

import pytest
from rich.console import Console

from steeled.cli.progress import Bar, Lines, watcher
from steeled.core.evidence import Evidence, Question, Status
from steeled.core.progress import Nobody
from steeled.core.risk import Risk
from steeled.core.threat_model import ThreatModel


def evidence(probe: str, status: Status = Status.COMPLETED) -> Evidence:
    question = Question(probe, "1", Risk.EVASION, {}, "t", "d", "", ThreatModel(), 100, 0)
    return Evidence(question, status, "because", seconds=1.5)


def bar() -> tuple[Bar, io.StringIO]:
    screen = io.StringIO()
    return Bar(Console(file=screen, force_terminal=True, width=100, highlight=False)), screen


def test_the_bar_says_how_much_time_is_left_and_gives_the_cursor_back() -> None:
    shown, screen = bar()

    shown.planned(["a", "b", "c"], [10.0, 10.0, 40.0], workers=2)
    shown.ended(evidence("a"), reused=False)
    shown.close()

    text = screen.getvalue()
    assert "at most 40 s left" in text  # the longest share, not the sum over two workers
    assert re.search(r"about \d+ s left", text)
    assert text.endswith("\x1b[?25h") or "\x1b[?25h" in text[-200:]


def test_a_probe_name_is_never_markup() -> None:
    shown, screen = bar()

    shown.planned(["[red]x"], [1.0], workers=1)
    shown.ended(evidence("[red]x"), reused=False)
    shown.close()

    assert "[red]x" in screen.getvalue()


def test_lines_leave_out_what_was_skipped_and_say_why_a_probe_failed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()

    for probe, status in (("a", Status.COMPLETED), ("b", Status.SKIPPED), ("c", Status.FAILED)):
        lines.ended(evidence(probe, status), reused=False)

    shown = capsys.readouterr().err
    assert "  a " in shown
    assert "  b " not in shown
    assert "failed" in shown
    assert "because" in shown


def test_quiet_is_nobody_and_a_pipe_gets_lines() -> None:
    assert isinstance(watcher(quiet=True), Nobody)
    assert isinstance(watcher(quiet=False), Lines)
