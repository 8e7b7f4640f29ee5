"""`bailleurs registry import`: the report that the API and the agents’ page give; sentences, not tracebacks."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from launcher.demo.registry.faulty import faulty_file
from rich.console import Console

from launcher import cli, operations

YEAR = 2026


def test_every_kind_of_bad_line_is_told_as_the_api_tells_it_and_good_lines_go_in(
    harness: HarnessFactory, sqlite_url: str, tmp_path: Path
) -> None:
    declaration = harness(service, sqlite_url)
    faulty = faulty_file(seed=7, year=YEAR)
    file, screen = tmp_path / "registre.csv", StringIO()
    file.write_bytes(faulty.content)
    code = operations.import_registry(declaration.runtime, file, Console(file=screen, width=400), caf_code="359")
    assert code == 1
    assert len(declaration.rows("tenancy")) == faulty.good_lines
    [made] = declaration.rows("registry_import")
    path = f"/api/declaration/v1/registry-imports/{made['id']}/errors?limit=200"
    told = declaration.client.get(path, headers=declaration.headers(kind="agent", caf="359")).json()["items"]
    assert [(one["line"], one["column"]) for one in told] == list(faulty.errors)
    printed = [[cell.strip() for cell in row.split("│")[1:-1]] for row in screen.getvalue().splitlines() if "│" in row]
    names = ("line", "column", "outcome", "message", "rule", "example")
    assert printed == [[str({**one, "outcome": "écartée"}[name]) for name in names] for one in told]
    assert all(one["example"] for one in told)


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "absent"])
def test_a_file_that_says_nothing_is_answered_with_a_sentence(
    content: bytes | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "registre.csv"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["bailleurs", "registry", "import", file.name])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "Ce fichier" in said
    assert "Traceback" not in said
