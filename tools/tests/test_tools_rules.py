from pathlib import Path

import pytest

from tools.rules import DOCUMENT, HEADER, faults, main, rows

GOOD = "| A rule | law: CCH R. 1 | `domain/july.py::exemption` | `test_some.py::test_it_holds` |"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    code = tmp_path / "services/declaration/declaration/domain"
    code.mkdir(parents=True)
    (code / "july.py").write_text("LIMIT: int = 3\nTABLE = {}\ndef exemption() -> None: ...\nclass Reason: ...\n")
    tests = tmp_path / "services/declaration/tests"
    tests.mkdir()
    (tests / "test_some.py").write_text("def test_it_holds() -> None: ...\ndef helper() -> None: ...\n")
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "page.html").write_text("<p>")
    return tmp_path


def table(*lines: str) -> str:
    return "\n".join(["# Rules", HEADER, "|---|---|---|---|", *lines, "", "| Word | Meaning | a | b |"])


def test_a_whole_line_has_no_fault_and_other_tables_are_no_rules(root: Path) -> None:
    assert list(faults(table(GOOD), root)) == []
    assert [row.rule for row in rows(table(GOOD))] == ["A rule"]


@pytest.mark.parametrize("named", ["domain/july.py::LIMIT", "domain/july.py::TABLE", "domain/july.py::Reason"])
def test_functions_classes_constants_and_whole_files_can_be_named(root: Path, named: str) -> None:
    assert list(faults(table(GOOD.replace("domain/july.py::exemption", named)), root)) == []
    assert list(faults(table(GOOD.replace("domain/july.py::exemption", "gateway/page.html")), root)) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("law: CCH R. 1", "somebody said so", "no source among"),
        ("`domain/july.py::exemption`", "somewhere", "names no code"),
        ("domain/july.py::exemption", "domain/july.py::gone", "there is no domain/july.py::gone"),
        ("domain/july.py::exemption", "domain/none.py", "there is no domain/none.py"),
        ("`test_some.py::test_it_holds`", "by looking at it", "names no test"),
        ("test_some.py::test_it_holds", "test_some.py::test_gone", "there is no test test_some.py::test_gone"),
        ("test_some.py::test_it_holds", "test_some.py::helper", "there is no test test_some.py::helper"),
        ("test_some.py::test_it_holds", "test_none.py::test_it_holds", "there is no test test_none.py::test_it_holds"),
        ("test_some.py::test_it_holds", "test_some.py", "there is no test test_some.py::"),
    ],
)
def test_a_rule_without_source_code_or_test_is_a_fault(root: Path, before: str, after: str, fault: str) -> None:
    [found] = faults(table(GOOD.replace(before, after)), root)
    assert fault in found


def test_a_line_that_is_cut_short_is_a_rule_without_anything(root: Path) -> None:
    assert len(list(faults(table("| A rule | law |"), root))) == 3


def test_the_document_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert len(rows(DOCUMENT.read_text(encoding="utf-8"))) > 60
    assert "rules." in capsys.readouterr().out
