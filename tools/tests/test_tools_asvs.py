from pathlib import Path

import pytest

from tools.asvs import DOCUMENT, expected, faults, main, rows

GOOD = "`tests/test_some.py::test_it_holds`"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_some.py").write_text("def test_it_holds() -> None: ...\ndef helper() -> None: ...\n")
    return tmp_path


def table(**shown: str) -> str:
    """A whole table, with some requirements reworded (keys use `_` for dots); None removes the line."""
    cells = {number: shown.get("V" + number.replace(".", "_"), GOOD) for number in expected()}
    return "\n".join(
        f"| V{number} | L{level} | something | {cells[number]} |"
        for number, level in expected().items()
        if cells[number]
    )


def test_there_are_as_many_requirements_as_the_standard_has() -> None:
    def count(chapter: str, level: int) -> int:
        return sum(number.startswith(f"{chapter}.") and held == level for number, held in expected().items())

    counted = {chapter: (count(chapter, 1), count(chapter, 2)) for chapter in ("6", "7", "9", "10")}
    assert counted == {"6": (13, 22), "7": (6, 12), "9": (4, 3), "10": (5, 24)}


def test_a_whole_table_has_no_fault(root: Path) -> None:
    assert list(faults(table(), root)) == []


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        ({"V7_2_1": ""}, "V7.2.1 stands nowhere"),
        ({"V7_2_1": "by looking at it"}, "V7.2.1 names no test and gives no reason"),
        ({"V7_2_1": "Not met: "}, "V7.2.1 names no test and gives no reason"),
        ({"V7_2_1": "`tests/test_some.py::test_gone`"}, "there is no test tests/test_some.py::test_gone"),
        ({"V7_2_1": "`tests/test_none.py::test_it_holds`"}, "there is no test tests/test_none.py::test_it_holds"),
        ({"V7_2_1": "`tests/test_some.py::helper`"}, "there is no test tests/test_some.py::helper"),
        ({"V7_2_1": f"{GOOD} `tests/test_some.py::test_gone`"}, "there is no test tests/test_some.py::test_gone"),
        ({"V7_2_1": f"Not met: nobody has time. {GOOD}"}, "V7.2.1 gives a reason why nothing is claimed"),
    ],
)
def test_a_requirement_without_a_test_that_exists_is_a_fault(root: Path, shown: dict[str, str], fault: str) -> None:
    found = list(faults(table(**shown), root))
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"| V7.2.1 | L1 | again | {GOOD} |", "twice"),
        (f"| V10.4.16 | L3 | more | {GOOD} |", "no requirement of level 1 or 2"),
    ],
)
def test_a_line_too_many_is_a_fault(root: Path, line: str, fault: str) -> None:
    assert [one for one in faults(f"{table()}\n{line}", root) if fault in one]


def test_another_level_is_a_fault(root: Path) -> None:
    text = table().replace("| V7.2.1 | L1 |", "| V7.2.1 | L2 |")
    assert list(faults(text, root)) == ["V7.2.1 is of level 1, not 2"]


def test_a_reason_is_enough_where_nothing_is_claimed(root: Path) -> None:
    reason = "Does not apply because no telephone is ever used."
    assert list(faults(table(V6_6_1=reason), root)) == []


def test_the_document_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "are shown by tests" in capsys.readouterr().out
    assert len(rows(DOCUMENT.read_text(encoding="utf-8"))) == len(expected())
