"""The security journal: who tampers with it is refused by the database, or found by the chain."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Any

import identity
import pytest
import time_machine
from chassis import clock, ids
from identity.domain.security_events import GENESIS, LABELS, Kind, chained, label
from identity.journal import record
from identity.journal.client_address import Origin
from identity.journal.jobs import BATCH, chain_all, purge_journal
from identity.journal.verification import verify
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

TABLES = ("security_event", "security_anchor")
ORIGIN = Origin("192.0.2.17", "Firefox")
# `$all` in a statement: every column of a line but its place.
COLUMNS = "at, kind, account_id, actor, session_id, network, browser, details"


def run(world: Any, *statements: str) -> None:
    with world.harness.transaction() as session:
        for statement in statements:
            session.execute(text(statement.replace("$all", COLUMNS)))


def events(world: Any, number: int) -> None:
    with world.harness.transaction() as session:
        for index in range(number):
            described = {"number": index, "text": "é « ' \\ \u2028", "list": [1, {"a": None}]}
            record(
                session, Kind.SIGN_IN_FAILED, ids.new_id(), details=described, origin=Origin("192.0.2.17", "Firefox")
            )


def chained_journal(world: Any, number: int = 6) -> None:
    events(world, number)
    world.harness.run_job("chain journal")


def without_triggers(world: Any, *statements: str) -> None:
    """As the databases' administrator may: the triggers are set aside, then put back as if nothing had happened."""
    if world.harness.runtime.engine.dialect.name == "postgresql":
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]
        run(world, *off, *statements, *on)
        return
    with world.harness.transaction() as session:
        found = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _sql in found:
            session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement.replace("$all", COLUMNS)))
        for _name, sql in found:
            session.execute(text(sql))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE security_event SET kind = 'sign_out' WHERE position = 3",
        "UPDATE security_event SET hash = NULL, position = NULL WHERE position = 3",
        "UPDATE security_event SET network = '' WHERE position IS NULL",
        "UPDATE security_event SET network = '', position = 99, hash = 'x' WHERE position IS NULL",
        "DELETE FROM security_event WHERE position = 6",
        "DELETE FROM security_event WHERE position IS NULL",
        "DELETE FROM security_event",
        "INSERT INTO security_event ($all, position, hash) SELECT $all, 99, 'x' FROM security_event LIMIT 1",
        "UPDATE security_anchor SET hash = 'x'",
        "DELETE FROM security_anchor",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_a_line(world: Any, statement: str) -> None:
    chained_journal(world)
    world.harness.run_job("anchor journal")
    events(world, 1)
    before = [world.harness.rows(table) for table in TABLES]
    with pytest.raises(DBAPIError):
        run(world, statement)
    assert [world.harness.rows(table) for table in TABLES] == before


def test_postgresql_refuses_to_empty_the_journal_and_sqlite_to_replace_its_lines(world: Any) -> None:
    chained_journal(world)
    world.harness.run_job("anchor journal")
    if world.harness.runtime.engine.dialect.name == "postgresql":
        refused = [f"TRUNCATE {table}" for table in TABLES] + ["TRUNCATE security_event CASCADE"]
    else:
        refused = [
            "REPLACE INTO security_event (seq, $all) SELECT seq, $all FROM security_event WHERE position = 2",
            "UPDATE OR REPLACE security_event SET position = 2 WHERE position = 3",
            "REPLACE INTO security_anchor SELECT position, 'x', made_at, mac FROM security_anchor",
        ]
    for statement in refused:
        with pytest.raises(DBAPIError):
            run(world, statement)
    assert verify(world.harness.runtime).findings == []


def test_a_journal_nobody_touched_holds(world: Any) -> None:
    assert verify(world.harness.runtime).findings == []
    chained_journal(world, 3)
    world.harness.run_job("anchor journal")
    chained_journal(world, 4)
    events(world, 2)
    report = verify(world.harness.runtime)
    assert (report.findings, report.lines, report.waiting, report.anchors) == ([], 7, 2, 1)
    assert (report.position, report.hash) == (7, world.harness.rows("security_event")[6]["hash"])


CALCULATED = Template("UPDATE security_event SET hash = '$hash' WHERE position = $position")
CHANGED = "Position 3\u00a0: cette ligne, ou sa place, a été modifiée."


@pytest.mark.parametrize(
    ("done", "found"),
    [
        (["UPDATE security_event SET kind = 'sign_out' WHERE position = 3"], [CHANGED]),
        (["UPDATE security_event SET network = '10.0.0.0/24' WHERE position = 3"], [CHANGED]),
        (["UPDATE security_event SET actor = 'system' WHERE position = 3"], [CHANGED]),
        (["UPDATE security_event SET account_id = NULL WHERE position = 3"], [CHANGED]),
        (["UPDATE security_event SET details = '{\"number\": 9}' WHERE position = 3"], [CHANGED]),
        (["DELETE FROM security_event WHERE position = 3"], ["Positions 3 à 3\u00a0: des lignes manquent."]),
        (
            ["DELETE FROM security_event WHERE position <= 2"],
            ["Positions 1 à 2\u00a0: des lignes manquent, sans ancre qui les remplace."],
        ),
        (
            ["DELETE FROM security_event WHERE position >= 5"],
            ["Positions 5 à 6\u00a0: les dernières lignes manquent."],
        ),
        (
            # One line in the place of another: all that follow still count on the one that stood there.
            [
                "DELETE FROM security_event WHERE position = 3",
                "INSERT INTO security_event ($all, position, hash) "
                "SELECT $all, 3, hash FROM security_event WHERE position = 4",
            ],
            [CHANGED, "Position 4\u00a0: cette ligne, ou sa place, a été modifiée."],
        ),
        (["UPDATE security_anchor SET hash = 'x'"], None),
        (["UPDATE security_anchor SET made_at = '2020-01-01 00:00:00.000000'"], None),
        (["DELETE FROM security_event WHERE position = 1"], None),
    ],
)
def test_what_an_administrator_of_the_database_changes_removes_or_inserts_is_found(
    world: Any, done: list[str], found: list[str] | None
) -> None:
    chained_journal(world)
    world.harness.run_job("anchor journal")
    without_triggers(world, *done)
    findings = verify(world.harness.runtime).findings
    assert findings == found if found is not None else findings


def rehashed(world: Any, first: int) -> list[str]:
    """The statements of someone who knows the chain's arithmetic and calculates it again from `first`."""
    rows = sorted(world.harness.rows("security_event"), key=lambda row: int(row["position"]))
    previous, done = rows[first - 2]["hash"] if first > 1 else GENESIS, []
    for row in rows[first - 1 :]:
        content = {name: row[name] for name in ("seq", "kind", "actor", "network", "browser", "details")}
        content |= {name: str(row[name]) if row[name] else None for name in ("account_id", "session_id")}
        content["at"] = clock.iso(row["at"])
        previous = chained(previous, row["position"], content)
        done.append(CALCULATED.substitute(hash=previous, position=row["position"]))
    return done


def test_a_chain_calculated_again_contradicts_its_anchor(world: Any) -> None:
    chained_journal(world)
    world.harness.run_job("anchor journal")
    chained_journal(world, 2)
    assert rehashed(world, 1)[-1].split("'")[1] == world.harness.rows("security_event")[-1]["hash"]
    without_triggers(world, "UPDATE security_event SET kind = 'sign_out' WHERE position = 3")
    without_triggers(world, *rehashed(world, 3))
    assert verify(world.harness.runtime).findings == [
        "Position 6\u00a0: la chaîne a été refaite, elle contredit son ancre."
    ]


def test_an_end_cut_off_with_its_anchor_contradicts_what_the_log_told(world: Any) -> None:
    chained_journal(world, 3)
    told = verify(world.harness.runtime)
    without_triggers(world, "DELETE FROM security_anchor", "DELETE FROM security_event WHERE position = 3")
    assert verify(world.harness.runtime).findings == []
    assert verify(world.harness.runtime, (told.position, told.hash)).findings
    assert verify(world.harness.runtime, (2, "x" * 64)).findings


def test_a_line_slipped_in_with_an_old_date_is_found(world: Any) -> None:
    chained_journal(world)
    old = "'2026-01-02 03:04:05.000000'"
    if world.harness.runtime.engine.dialect.name == "postgresql":
        old = "'2026-01-02T03:04:05Z'::timestamptz"
    slipped = "INSERT INTO security_event ($all) SELECT $all FROM security_event WHERE position = 2"
    run(world, slipped.replace("SELECT $all", "SELECT " + COLUMNS.replace("at, ", old + ", ", 1)))
    waiting = verify(world.harness.runtime).findings
    assert waiting == ["1 ligne(s) attendent leur place dans la chaîne depuis plus de 15 minutes."]
    world.harness.run_job("chain journal")
    assert verify(world.harness.runtime).findings == [
        "Position 7\u00a0: cette ligne est datée d’avant celles qui la précèdent."
    ]


def together(acts: list[Callable[[], Any]]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def test_writers_and_sealers_together_make_one_chain_without_a_fork(world: Any) -> None:
    runtime = world.harness.runtime
    writers = [lambda: events(world, 1) for _ in range(12)]
    together([*writers, *[lambda: chain_all(runtime) for _ in range(4)]])
    world.harness.run_job("chain journal")
    report = verify(runtime)
    assert (report.findings, report.lines, report.waiting) == ([], 12, 0)


def test_a_line_committed_after_later_ones_were_chained_takes_the_next_place(world: Any) -> None:
    if world.harness.runtime.engine.dialect.name == "sqlite":
        # One writer at a time: nothing can be committed in between.
        chained_journal(world, 2)
    else:
        with world.harness.transaction() as slow:
            record(slow, Kind.SIGN_OUT, ids.new_id())
            chained_journal(world, 2)
            assert verify(world.harness.runtime).lines == 2
        world.harness.run_job("chain journal")
        assert [row["position"] for row in sorted(world.harness.rows("security_event"), key=seq)] == [3, 1, 2]
    assert verify(world.harness.runtime).findings == []


def seq(row: dict[str, Any]) -> int:
    return int(row["seq"])


def test_more_lines_than_one_batch_are_chained_in_one_go(local: Any) -> None:
    chained_journal(local, BATCH + 3)
    assert verify(local.harness.runtime).lines == BATCH + 3


def test_an_anchor_is_made_each_quarter_of_an_hour_and_not_for_nothing(world: Any) -> None:
    start = clock.now()
    world.harness.run_job("anchor journal")
    for minutes, lines in ((0, 1), (14, 1), (15, 0), (40, 0), (41, 1)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            if lines:
                chained_journal(world, lines)
            world.harness.run_job("anchor journal")
            world.harness.run_job("anchor journal")
    assert [row["position"] for row in world.harness.rows("security_anchor")] == [1, 2, 3]
    assert verify(world.harness.runtime).findings == []


def test_many_lines_are_anchored_before_their_time(new_world: Any, database_url: str) -> None:
    world = new_world(database_url, journal_anchor_lines=5)
    with time_machine.travel(clock.now(), tick=False):
        for lines in (1, 4, 1, 3, 2):
            chained_journal(world, lines)
            world.harness.run_job("anchor journal")
    assert [row["position"] for row in world.harness.rows("security_anchor")] == [1, 6, 11]
    assert verify(world.harness.runtime).findings == []


def test_old_lines_go_after_their_time_and_the_rest_is_still_verified_from_the_anchor(world: Any) -> None:
    now = clock.now()
    for days in (500, 400, 300, 0):
        with time_machine.travel(now - timedelta(days=days)):
            chained_journal(world, 2)
            world.harness.run_job("anchor journal")
    assert purge_journal(world.harness.runtime) == 4
    assert purge_journal(world.harness.runtime) == 0
    report = verify(world.harness.runtime)
    assert (report.findings, report.lines, report.position) == ([], 4, 8)
    without_triggers(world, "UPDATE security_event SET kind = 'sign_out' WHERE position = 5")
    [finding] = verify(world.harness.runtime).findings
    assert finding.startswith("Position 5")


def test_the_chain_goes_on_after_all_its_lines_have_gone(world: Any) -> None:
    with time_machine.travel(clock.now() - timedelta(days=400)):
        chained_journal(world, 3)
        world.harness.run_job("anchor journal")
    assert purge_journal(world.harness.runtime) == 3
    chained_journal(world, 1)
    report = verify(world.harness.runtime)
    assert (report.findings, report.lines, report.position) == ([], 1, 4)


def test_lines_deleted_before_their_time_are_missed_even_with_an_anchor(world: Any) -> None:
    chained_journal(world, 3)
    world.harness.run_job("anchor journal")
    chained_journal(world, 2)
    without_triggers(world, "DELETE FROM security_event WHERE position <= 3")
    assert verify(world.harness.runtime).findings == [
        "Positions 1 à 3\u00a0: des lignes ont été supprimées avant leur terme."
    ]


def test_no_act_has_a_line_and_no_line_an_act_when_the_transaction_fails(world: Any) -> None:
    with pytest.raises(RuntimeError), world.harness.transaction() as session:
        record(session, Kind.SIGN_OUT, ids.new_id())
        raise RuntimeError
    assert world.harness.rows("security_event") == []


def test_only_the_network_and_the_browser_s_name_are_kept(world: Any) -> None:
    _, sent = world.activated()
    browser = world.browser()
    browser.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0"
    world.browser("203.0.113.77").sign_in(sent["login"], "une girafe qui se trompe")
    browser.sign_in("PERSONNE", "une girafe qui se trompe")
    known, unknown = world.harness.rows("security_event")[-2:]
    assert (known["kind"], str(known["account_id"]), known["network"]) == (
        "sign_in.failed",
        sent["account_id"],
        "203.0.113.0/24",
    )
    assert (unknown["account_id"], unknown["browser"]) == (None, "Firefox sur Linux")
    written = str(world.harness.rows("security_event"))
    for secret in ("203.0.113.77", "PERSONNE", "girafe", sent["login"], "lices", "Le Goff"):
        assert secret not in written


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_event_is_said_in_french(kind: Kind) -> None:
    assert label(kind) == LABELS[kind]
    assert len(kind) <= 60


def test_a_kind_that_the_product_no_longer_writes_is_still_shown() -> None:
    assert label("gone.with.a.version") == "gone.with.a.version"


def test_nothing_in_identity_writes_to_a_journal_that_is_not_chained() -> None:
    package = Path(identity.__file__).parent
    imported = re.compile(r"from chassis import [^\n]*\bjournal\b|chassis\.journal")
    assert [file.name for file in package.rglob("*.py") if imported.search(file.read_text())] == []
