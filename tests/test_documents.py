"""What the documents say is what the code does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from steeled.plan import PROFILES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_page_of_the_probes_is_made_from_the_probes() -> None:
    made = subprocess.run([sys.executable, "scripts/probe_pages.py"], cwd=ROOT, capture_output=True, text=True)

    assert made.returncode == 0, made.stderr
    assert (ROOT / "docs/probes.md").read_text("utf-8") == made.stdout, "run scripts/probe_pages.py > docs/probes.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_profiles_are_what_the_configuration_page_says() -> None:
    text = (ROOT / "docs/configuration.md").read_text("utf-8")

    for name, profile in PROFILES.items():
        seconds = "1 h" if profile.seconds == 3600 else f"{profile.seconds:.0f} s"
        assert f"{name}: {profile.rows:,} rows, {seconds}" in text
