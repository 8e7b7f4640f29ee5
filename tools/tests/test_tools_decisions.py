"""Decisions have the same sections, and consecutive numbers."""

import re
from pathlib import Path

import pytest

from tools.workspace import ROOT

FOLDER = ROOT / "docs" / "adr"
DECISIONS = sorted(FOLDER.glob("0*.md"))
SECTIONS = ["Context", "Options", "Decision", "Consequences", "When to look again"]


def test_numbers_have_no_holes() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert len(DECISIONS) >= 18


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_has_the_form_of_all(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(file.name[:4])}. ")
    assert "\nStatus: " in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_the_list_names_each_once() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\)", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(file.name[:4], file.name) for file in DECISIONS]
