"""The command line refuses before it begins, in one French sentence, with the exit code 2."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import cli, private_files

GOOD = b"caf_code;user_number\n359;35900007090001\n"
REFUSED = {
    "a folder": (["registry", "import", "folder"], "C’est un dossier"),
    "a folder of answers": (["answers", "import", "--caf", "359", "folder"], "C’est un dossier"),
    "nothing there": (["registry", "import", "absent.csv"], "n’existe pas"),
    "an empty file": (["registry", "import", "empty.csv"], "est vide"),
    "no installation": (["registry", "import", "good.csv"], "Aucune installation ici"),
    "no installation for answers": (["answers", "import", "--caf", "359", "good.csv"], "Aucune installation ici"),
    "no installation for an export": (["export", "make", "--caf", "359"], "Aucune installation ici"),
    "no installation for an agent": (["agent", "add", "--caf", "359"], "Aucune installation ici"),
    "no installation for a campaign": (
        ["campaign", "open", "--caf", "359", "2026", "2026-10-31", "2026-11-30"],
        "Aucune installation ici",
    ),
    "no id of an event": (["replay", "--target", "identity", "--event", "x"], "attend l’id d’un événement"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.csv").touch()
    (tmp_path / "good.csv").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BAILLEURS_EVENT_KEY", raising=False)
    before = os.umask(0o022)
    os.umask(before)
    yield tmp_path
    os.umask(before)


def ended(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["bailleurs", *words])
    with pytest.raises(SystemExit) as seen:
        cli.main()
    return seen.value.code


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_said_before_it_is_begun(
    case: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, sentence = REFUSED[case]
    assert ended(monkeypatch, words) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert sentence in said
    assert "Traceback" not in said
    assert not list(here.glob("var/data/declaration*")), "nothing was begun"


def test_what_a_command_makes_and_what_was_there_is_nobody_else_s(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = here / "var" / "documents" / "old.pdf"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    old.chmod(0o644)
    program = old.with_name("run")
    program.touch(0o755)
    outside = here / "good.csv"
    outside.chmod(0o644)
    (here / "var" / "link").symlink_to(outside)
    private_files.keep_private()
    assert ended(monkeypatch, ["migrate", "--target", "notification"]) in (0, None)
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in here.glob("var/**/*") if not path.is_symlink()}
    assert len(modes) > 4
    assert {path for path, mode in modes.items() if mode & 0o077} == set()
    assert stat.S_IMODE((here / "var").stat().st_mode) == 0o700
    assert (modes[old], modes[program]) == (0o600, 0o700)
    # What a link leads to may be anything.
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
