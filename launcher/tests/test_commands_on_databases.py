"""The command line on both databases: PostgreSQL refuses what SQLite takes, as a text too long for its column."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from chassis import clock
from chassis.runtime import Runtime
from chassis.testing import plugin
from chassis.testing.harness import SEALING
from launcher.demo.registry.faulty import faulty_file
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from launcher import cli, operations, secrets, services

SERVICES = ("declaration", "identity")


class Commands:
    """An installation with a database a service; `run` gives each command the one of the service it works on."""

    def __init__(self, urls: dict[str, str], patch: pytest.MonkeyPatch) -> None:
        self.urls, self.patch = urls, patch
        self.made: list[Runtime] = []
        patch.setattr(services, "runtime", partial(self._runtime, services.runtime))

    def run(self, service: str, *words: str, code: int = 0) -> str:
        self.patch.setenv("BAILLEURS_DATABASE_URL", self.urls[service])
        ended = CliRunner().invoke(cli.app, list(words))
        while self.made:
            self.made.pop().dispose()
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        assert ended.exit_code == code, ended.output
        return ended.output

    def _runtime(self, make: Callable[[str], Runtime], name: str) -> Runtime:
        """A command leaves its connections to the end of its process, which here goes on."""
        self.made.append(make(name))
        return self.made[-1]

    def rows(self, service: str, statement: str) -> list[dict[str, Any]]:
        engine = create_engine(self.urls[service])
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(text(statement)).mappings()]
        engine.dispose()
        return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def commands(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    monkeypatch.chdir(tmp_path)
    assert not secrets.FILE.exists()
    keys = {**SEALING, "identity_key": SEALING["event_key"], "storage_url": f"file://{tmp_path}/storage/{{service}}"}
    for name, value in keys.items():
        monkeypatch.setenv(f"BAILLEURS_{name.upper()}", value)
    with ExitStack() as databases:
        urls = {name: f"sqlite:///{tmp_path}/{name}.sqlite3" for name in SERVICES}
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            urls = {name: databases.enter_context(plugin.fresh_database(server)) for name in SERVICES}
        yield Commands(urls, monkeypatch)


def test_a_campaign_is_opened_and_its_lines_name_the_command_line(commands: Commands, tmp_path: Path) -> None:
    today = clock.today()
    faulty = faulty_file(seed=7, year=today.year)
    file = tmp_path / "registre.csv"
    file.write_bytes(faulty.content)
    commands.run("declaration", "registry", "import", str(file), code=1)
    far = (today + timedelta(days=90)).isoformat()
    commands.run("declaration", "campaign", "open", "--caf", "359", str(today.year), far, far)
    declarations = commands.rows("declaration", "SELECT id FROM rent_declaration")
    assert len(declarations) == faulty.good_lines
    passages = commands.rows("declaration", "SELECT actor FROM state_transition")
    assert [row["actor"] for row in passages] == [str(operations.NOBODY)] * len(declarations)
    lines = commands.rows("declaration", "SELECT actor, action FROM journal WHERE action LIKE 'campaign.%'")
    assert {(row["actor"], row["action"]) for row in lines} == {
        (str(operations.NOBODY), "campaign.created"),
        (str(operations.NOBODY), "campaign.opened"),
    }


def test_agents_keys_and_the_journal_are_seen_to(commands: Commands) -> None:
    assert "AGENT-1" in commands.run("identity", "agent", "add", "--caf", "359", "--login", "AGENT-1")
    commands.run("identity", "agent", "move", "--caf", "351", "AGENT-1")
    assert commands.rows("identity", "SELECT caf_code FROM account") == [{"caf_code": "351"}]
    commands.run("identity", "keys", "rotate", "--at-once")
    commands.run("identity", "keys", "list")
    assert "Le journal tient" in commands.run("identity", "journal", "verify")
    assert "identity : à jour" in commands.run("identity", "migrate", "--target", "identity")
    assert "0 événement(s)" in commands.run("identity", "replay", "--target", "identity")
    assert "identity" in commands.run("identity", "status", "--target", "identity")
