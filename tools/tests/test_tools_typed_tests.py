"""Tests are type-checked: which folders, and that a wrong type is found."""

from pathlib import Path

import pytest

from tools import typed_tests
from tools.workspace import ROOT


def test_every_folder_of_tests_is_checked() -> None:
    folders = {
        file.parent.relative_to(ROOT).as_posix()
        for place in ("libs", "services", "gateway", "launcher", "tools")
        for file in (ROOT / place).glob("**/tests/test_*.py")
        if "node_modules" not in file.parts
    }
    assert set(typed_tests.folders()) == {*folders, "tests-e2e"}


def test_a_wrong_type_in_a_test_is_found_and_what_stands_beside_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_tests, "ROOT", tmp_path)
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "beside.py").write_text("def number() -> int:\n    return 1\n")
    (folder / "test_it.py").write_text("from beside import number\n\nwrong: str = number()\n")
    (said,) = typed_tests.check("tests").splitlines()
    assert said.startswith("tests/test_it.py:3: error: Incompatible types in assignment")
    (folder / "test_it.py").write_text("from beside import number\n\nright: int = number()\n")
    assert typed_tests.check("tests") == ""
