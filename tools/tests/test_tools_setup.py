"""Set-up runs what is missing, once, and explains failures in a sentence."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tools import setup, steps
from tools.workspace import ROOT


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / "setup.json")
    monkeypatch.setattr(setup, "LOG", tmp_path / "var" / "setup.log")
    return tmp_path


def a_step(place: Path, source: str, script: str = "") -> steps.Step:
    (place / "source").write_text(source)
    made = place / "made"
    grow = "p.write_text(p.read_text() + '+' if p.exists() else '+')"
    code = script or f"from pathlib import Path; p = Path({str(made)!r}); {grow}"
    return steps.Place(place, place / ".venv").step(
        "one", "Doing one thing", [place / "source"], made, lambda: [[sys.executable, "-c", code]]
    )


def run(monkeypatch: pytest.MonkeyPatch, *todo: steps.Step) -> None:
    monkeypatch.setattr(setup, "steps", lambda *_: list(todo))
    setup.prepare(dev=False)


def test_a_step_runs_once_and_again_only_when_its_source_changes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("first", "first", "second"):
        run(monkeypatch, a_step(place, source))
    assert (place / "made").read_text() == "++"


def test_a_step_whose_result_was_deleted_runs_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, a_step(place, "first"))
    (place / "made").unlink()
    run(monkeypatch, a_step(place, "first"))
    assert (place / "made").read_text() == "+"


REASONS = {
    "OSError: [Errno 28] No space left on device": "disk is full",
    "error: Failed to fetch: dns error": "registry does not answer",
    "npm error code ENOTFOUND": "registry does not answer",
    "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE": "not the one that was locked",
}


@pytest.mark.parametrize(("said", "told"), REASONS.items())
def test_what_stops_it_is_told_in_a_sentence_and_it_is_tried_again_next_time(
    place: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    step = a_step(place, "first", f"import sys; print({said!r}); sys.exit(1)")
    with pytest.raises(setup.SetupError, match=told):
        run(monkeypatch, step)
    assert "one" not in setup._stamp()
    assert said in setup.LOG.read_text()


def test_an_unknown_failure_shows_its_last_lines(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(setup.SetupError, match=r"(?s)Doing one thing.*line 39"):
        run(monkeypatch, a_step(place, "first", "import sys; [print('line', n) for n in range(40)]; sys.exit(3)"))


def test_too_little_room_is_said_before_anything_is_installed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOM_NEEDED", 10**18)
    with pytest.raises(setup.SetupError, match="GB are free"):
        run(monkeypatch, a_step(place, "first"))
    assert not (place / "made").exists()


def test_a_python_without_venv_is_told_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / ".venv" / "bin" / "python").unlink()
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(setup.SetupError, match="python3-venv"):
        run(monkeypatch, a_step(place, "first"))


def test_a_damaged_stamp_only_makes_it_start_over(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.STAMP.write_text("{")
    run(monkeypatch, a_step(place, "first"))
    assert json.loads(setup.STAMP.read_text())["one"]


def test_the_wheel_of_node_is_only_installed_without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    for found, expected in (("/usr/bin/npm", False), (None, True)):
        monkeypatch.setattr(shutil, "which", lambda _name, found=found: found)
        names = [step.name for step in steps.steps(ROOT, setup.VENV, dev=False)]
        assert ("node" in names) is expected
