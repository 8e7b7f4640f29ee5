"""docs/adding-a-message.md, followed on a copy: the message is created, its e-mail and its letter are rendered."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.workspace import ROOT

PAGE = (ROOT / "docs" / "adding-a-message.md").read_text(encoding="utf-8")
_STEP = re.compile(
    r"^(?:New file `(?P<created>[^`]+)`|In `(?P<changed>[^`]+)`, above `(?P<line>[^`]+)`):\n```\w*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COPIED = ("services/notification", "services/documents", "tools", "docs/messages.md")
# Beside the copied code, so that both come first on the path.
FOLLOWED = Path(__file__).with_name("adding_a_message.py")


@dataclass(frozen=True)
class Step:
    """One edit of the page: a new file, or lines above the one that reads `line`."""

    path: str
    line: str | None
    text: str

    def apply(self, root: Path) -> None:
        file = root / self.path
        if self.line is None:
            file.parent.mkdir(exist_ok=True)
            file.write_text(self.text, encoding="utf-8")
            return
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        [place] = [number for number, line in enumerate(lines) if line.strip() == self.line]
        file.write_text("".join([*lines[:place], self.text, *lines[place:]]), encoding="utf-8")


STEPS = [Step(found["created"] or found["changed"], found["line"], found["text"]) for found in _STEP.finditer(PAGE)]


# What says that a step is missing.
MISSING = {
    "messages.py": "AttributeError: OVERDUE",
    "body.txt": "TemplateNotFound: 'overdue/body.txt'",
    "body.mjml": "overdue/body.mjml'",
    "overdue.html": "UnknownTemplate: overdue",
    "consumes.py": "KeyError: 'declaration.deadline_passed.v1'",
}


def new_copy(folder: Path) -> Path:
    left_out = shutil.ignore_patterns("tests", "node_modules", "__pycache__", "bench")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        else:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with every step, and what `python -m tools.messages` writes."""
    copy = new_copy(tmp_path_factory.mktemp("followed"))
    for step in STEPS:
        step.apply(copy)
    assert run(copy, "-m", "tools.messages", "--check").stdout.count("is not what the table says") == 5
    assert run(copy, "-m", "tools.messages").returncode == 0
    return copy


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    places = [copy / "services" / "notification", copy / "services" / "documents", copy]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))}
    arguments = [sys.executable, *command]
    return subprocess.run(
        arguments, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_a_message_is_five_edits_of_five_files() -> None:
    assert len(STEPS) == len({step.path for step in STEPS}) == 5


def test_the_steps_followed_give_the_message_its_e_mail_and_its_letter(followed: Path, tmp_path: Path) -> None:
    made = run(followed, str(FOLLOWED), str(tmp_path))
    assert made.returncode == 0, made.stderr
    shown = json.loads(made.stdout.splitlines()[-1])
    assert shown["code"] == [str(followed)] * 2
    assert shown["messages"] == [["overdue", "email", "waiting"], ["overdue", "letter", "to_compose"]]
    assert shown["subject"] == "Vos loyers de juillet 2026 étaient attendus le 15 novembre 2026"
    for form in ("text", "html"):
        assert "3\u00a0déclarations" in shown[form]
        assert "15 novembre 2026" in shown[form]
    for words in ("Date limite passée : loyer de juillet 2026", "15 novembre 2026", "359 00007090001", ": 3."):
        assert words in shown["letter"]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.path.rpartition("/")[2])
def test_a_step_left_out_gives_no_message(followed: Path, tmp_path: Path, step: Step) -> None:
    file = followed / step.path
    with_it = file.read_text(encoding="utf-8")
    if step.line is None:
        file.unlink()
    else:
        shutil.copyfile(ROOT / step.path, file)
    made = run(followed, str(FOLLOWED), str(tmp_path))
    file.write_text(with_it, encoding="utf-8")
    assert made.returncode == 1
    assert MISSING[file.name] in made.stderr


def test_a_letter_that_documents_does_not_print_is_noticed(tmp_path: Path) -> None:
    copy = new_copy(tmp_path)
    (copy / "services/documents/documents/rendering/templates/letters/reminder.html").unlink()
    checked = run(copy, "-m", "tools.messages", "--check")
    assert (checked.returncode, checked.stdout) == (1, "letters of one side only: reminder.\n")
