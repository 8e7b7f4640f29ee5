"""docs/adding-a-field.md is followed on a copy: its edits are all it takes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tools.workspace import ROOT

PAGE = ROOT / "docs" / "adding-a-field.md"
FOLLOWING = Path(__file__).parent / "following"
COPIED = ("services/declaration", "services/documents", "gateway/portal")
_EDIT = re.compile(
    r"In\s`(?P<file>[^`]+)`, below\n```\w+\n(?P<below>.*?)```\nadd\n```\w+\n(?P<added>.*?)```\n", re.DOTALL
)


class Edit(NamedTuple):
    file: str
    below: str
    added: str


def edits() -> list[Edit]:
    return [Edit(**found.groupdict()) for found in _EDIT.finditer(PAGE.read_text(encoding="utf-8"))]


def follow(copy: Path) -> None:
    for edit in edits():
        file = copy / edit.file
        text = file.read_text(encoding="utf-8")
        assert text.count(edit.below) == 1, f"{edit.file}: {edit.below}"
        file.write_text(text.replace(edit.below, edit.below + edit.added), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages concerned, their tests, and what pytest reads."""
    root = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info", "fonts")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for contract in (ROOT / "services").glob("*/openapi.yaml"):
        (root / "services" / contract.parent.name).mkdir(exist_ok=True)
        shutil.copy(contract, root / "services" / contract.parent.name)
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copy(FOLLOWING / "declared_field.py", root / "services/declaration/tests/test_followed.py")
    shutil.copy(FOLLOWING / "declared_field_page.py", root / "gateway/portal/tests/test_followed_page.py")
    return root


def run(copy: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(copy / folder) for folder in COPIED)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not containers", *tests]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=600, check=False)


def test_a_field_takes_at_most_eight_edits_in_six_files() -> None:
    found = edits()
    assert 0 < len(found) <= 8
    assert len({edit.file for edit in found}) <= 6
    # No step of the page is written otherwise, and so left out.
    assert len(found) == len(re.findall(r"^## \d", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.timeout(1300)
def test_the_steps_of_the_page_add_a_field_everywhere(copy: Path) -> None:
    declared = "services/declaration/tests/test_declaration_declared.py"
    followed = ("services/declaration/tests/test_followed.py", "gateway/portal/tests/test_followed_page.py", declared)
    before = run(copy, *followed[:2])
    assert before.returncode == 1, before.stdout + before.stderr
    assert "parking_included" in before.stdout
    follow(copy)
    after = run(copy, *followed)
    assert after.returncode == 0, after.stdout + after.stderr
