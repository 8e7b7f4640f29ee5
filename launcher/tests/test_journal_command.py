"""`bailleurs journal verify`: what an operator reads, and the exit code that a monitor reads."""

from pathlib import Path

import pytest
from chassis import ids, migrations
from identity.domain.security_events import Kind
from identity.journal import record
from identity.journal.jobs import anchor_chain, chain_all
from sqlalchemy import text
from typer.testing import CliRunner, Result

from launcher import cli, services


@pytest.fixture
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines, chained and anchored, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAILLEURS_IDENTITY_KEY", "a" * 43)
    monkeypatch.setenv("BAILLEURS_DATABASE_URL", f"sqlite:///{tmp_path}/{{service}}.sqlite3")
    runtime = services.runtime("identity")
    migrations.upgrade(runtime)
    with runtime.transaction() as session:
        for _ in range(3):
            record(session, Kind.SIGN_OUT, ids.new_id())
    chain_all(runtime)
    anchor_chain(runtime)
    runtime.dispose()


def verify(*options: str) -> Result:
    return CliRunner().invoke(cli.app, ["journal", "verify", *options])


def end_of_chain(shown: Result) -> str:
    [line] = [line for line in shown.stdout.splitlines() if line.startswith("Fin de la chaîne")]
    return line.rpartition(" ")[2]


@pytest.mark.usefixtures("identity")
def test_a_journal_that_holds_says_where_its_chain_ends() -> None:
    shown = verify()
    assert (shown.exit_code, "3 ligne(s) chaînée(s), 1 ancre(s), 0 en attente." in shown.stdout) == (0, True)
    assert verify("--expect", end_of_chain(shown)).exit_code == 0
    assert verify("--expect", "3:" + "0" * 64).exit_code == 1


@pytest.mark.usefixtures("identity")
def test_a_line_changed_by_hand_is_named_and_the_command_fails() -> None:
    runtime = services.runtime("identity")
    with runtime.transaction() as session:
        session.execute(text("DROP TRIGGER security_event_chained"))
        session.execute(text("UPDATE security_event SET kind = 'sign_in.failed' WHERE position = 2"))
    runtime.dispose()
    shown = verify()
    assert shown.exit_code == 1
    assert "Position 2" in shown.stdout
    assert "Le journal ne tient pas" in shown.stdout


@pytest.mark.usefixtures("identity")
@pytest.mark.parametrize("options", [("--target", "notification"), ("--expect", "3"), ("--expect", "x:y")])
def test_what_cannot_be_verified_is_refused(options: tuple[str, ...]) -> None:
    assert verify(*options).exit_code == 2
