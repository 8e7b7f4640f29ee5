"""`make mutation` on a service of one rule: what its tests do not look at is counted and named."""

from pathlib import Path

import pytest

from tools import mutation

RULES = """
def is_late(day: int, deadline: int) -> bool:
    return day > deadline


def is_early(day: int, opening: int) -> bool:
    return day < opening
"""
TESTS = """
from toy.domain import is_early, is_late


def test_is_late_from_the_day_after() -> None:
    assert not is_late(9, 9)
    assert is_late(10, 9)


def test_is_early() -> None:
    assert is_early(1, 9)
    assert not is_early(9, 1)
"""


def toy(root: Path, tests: str) -> Path:
    folder = root / "services" / "toy"
    (folder / "toy").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "toy" / "__init__.py").touch()
    (folder / "toy" / "domain.py").write_text(RULES)
    (folder / "tests" / "test_toy.py").write_text(tests)
    return root


def test_a_bound_that_no_test_looks_at_survives_and_one_that_is_tested_does_not(tmp_path: Path) -> None:
    found = mutation.mutate("toy", "", 1, tmp_path / "run", toy(tmp_path, TESTS))
    assert (found.mutants, found.killed) == (2, 1)
    assert found.survivors == {"toy.domain.x_is_early__mutmut_1": "survived"}


def test_tests_that_fail_without_any_fault_measure_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="toy"):
        mutation.mutate("toy", "", 1, tmp_path / "run", toy(tmp_path, TESTS + "    assert is_late(9, 9)\n"))


def test_only_files_with_tests_of_the_domain_run_and_none_that_reads_outside_of_the_service(tmp_path: Path) -> None:
    folder = toy(tmp_path, TESTS) / "services" / "toy" / "tests"
    (folder / "test_pages.py").write_text("from toy.pages import home\n")
    (folder / "test_docs.py").write_text("from toy import domain\nPAGE = Path(__file__).parents[3] / 'docs'\n")
    (folder / "test_whole.py").write_text("from toy import domain\n")
    assert [file.name for file in mutation.rule_tests("toy", tmp_path)] == ["test_toy.py", "test_whole.py"]


def test_a_mutant_that_no_test_reaches_is_no_better_than_one_that_survives() -> None:
    found = mutation.result({"a": "killed", "b": "timeout", "c": "survived", "d": "no tests"}, seconds=7)
    assert found == mutation.Result(4, 1, 1, 7, {"c": "survived", "d": "no tests"})
    assert found.score == 50
    assert mutation.row("toy", found).split() == ["toy", "4", "2", "2", "50.0", "%", "7", "s"]
