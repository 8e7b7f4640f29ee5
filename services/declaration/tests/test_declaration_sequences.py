"""Any sequence of acts, by anyone, on any day, on a real database: the table holds, and what was transmitted stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.domain.states import STANDING, TRANSITIONS, Event, State
from declaration.models import Base, Campaign
from declaration_cases import INFORMATION, RENT, SITUATION
from declaration_exchange import answers_file, lot, make_export, send_answers
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError

EXAMPLES, STEPS = 25, 14
ANSWERS: dict[str, dict[str, str]] = {
    "integrated": {},
    "under_review": {},
    "information_requested": {"text": "Le loyer comprend-il le garage ?"},
    "rejected": {"reason_code": "other", "text": "Illisible"},
}
FILLED = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
PASSAGES = {
    (source, event, each) for (source, event), (to, _) in TRANSITIONS.items() for each in ((to,) if to else STANDING)
}
TAMPERING = (
    "UPDATE declaration_version SET sha256 = 'x' WHERE declaration_id = :id",
    "UPDATE declaration_version SET snapshot = '{}' WHERE declaration_id = :id",
    "UPDATE declaration_version SET transmitted_at = '2020-01-01' WHERE declaration_id = :id",
    "UPDATE declaration_version SET channel = 'paper', late = 1 WHERE declaration_id = :id",
    "DELETE FROM declaration_version WHERE declaration_id = :id",
)


class Declarations(RuleBasedStateMachine):
    """A fresh declaration an example, all in one database; `world` and `pending` are given by the test."""

    world: Any
    pending: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.id = self.pending.pop()
        self.headers = self.world.landlord()
        self.path = f"/declarations/{self.id}"
        self.kept: dict[int, tuple[Any, ...]] = {}
        self.on_time = True
        self.day(0)

    def here(self, table: str) -> list[Any]:
        """The rows of this declaration, in their order."""
        found = Base.metadata.tables[table]
        mine = found.c.id if table == "rent_declaration" else found.c.declaration_id
        order = found.c.seq if table == "passage" else found.c.version
        with self.world.harness.runtime.reading() as session:
            return list(session.execute(found.select().where(mine == UUID(self.id)).order_by(order)).mappings())

    def seen(self) -> Any:
        return self.world.get(self.path, self.headers)

    @initialize(begun=st.booleans())
    def begin(self, begun: bool) -> None:
        """Half of the sequences start behind a first transmission, where most of the table is."""
        if begun:
            self.declare()

    @rule(left=st.sampled_from([0, 30, 0, 30, -1]))
    def day(self, left: int) -> None:
        """So many days before the last one."""
        with self.world.harness.transaction() as session:
            session.execute(update(Campaign).values(cut_off=clock.today() + timedelta(days=left)))
        self.on_time = left >= 0

    @rule(steps=st.sampled_from([FILLED, {"rent": RENT}, {"rent": {**RENT, "rent": "500,00"}}]), fresh=st.booleans())
    def save(self, steps: dict[str, Any], fresh: bool) -> None:
        etag = self.seen().headers["etag"] if fresh else '"0"'
        answer = self.world.put(f"{self.path}/draft", self.headers, steps, **{"If-Match": etag})
        assert answer.status_code in ((200, 409) if fresh else (409, 412))
        assert self.on_time or answer.status_code != 200

    @rule()
    def transmit(self) -> None:
        etag = self.seen().headers["etag"]
        answer = self.world.post(f"{self.path}/transmission", self.headers, **{"If-Match": etag})
        assert answer.status_code in (201, 409, 422)
        assert self.on_time or answer.status_code != 201

    @rule()
    def declare(self) -> None:
        """The way to what lies behind a transmission, in one step."""
        self.save(FILLED, fresh=True)
        self.transmit()

    @rule(reason=st.sampled_from(["Erreur de saisie", "  "]))
    def amend(self, reason: str) -> None:
        answer = self.world.post(f"{self.path}/amendments", self.headers, {"reason": reason})
        assert answer.status_code in (201, 400, 409, 422)
        assert reason.strip() or answer.status_code != 201

    @rule()
    def correct(self) -> None:
        """A whole correction, in one step."""
        self.amend("Erreur de saisie")
        self.declare()

    @rule()
    def think_better_of_it(self) -> None:
        """A correction begun and given up, in one step."""
        self.amend("Erreur de saisie")
        self.abandon()

    @rule()
    def abandon(self) -> None:
        etag = self.seen().headers["etag"]
        answer = self.world.post(f"{self.path}/abandonment", self.headers, **{"If-Match": etag})
        assert answer.status_code in (200, 409)

    @rule(answer=st.sampled_from(sorted(ANSWERS)), newest=st.booleans())
    def caf_answers(self, answer: str, newest: bool) -> None:
        versions = self.here("declaration_version")
        if versions:
            make_export(self.world)
            version = versions[-1 if newest else 0]
            told = {"reference": version["reference"], "version": str(version["version"]), "answer": answer}
            # The same file again is the same import.
            sent = send_answers(self.world, answers_file({**told, **ANSWERS[answer]}))
            assert sent.status_code in (200, 202)
            self.world.harness.run_job("read answers")

    @rule(act=st.sampled_from(["draft", "transmission", "amendments", "abandonment"]))
    def a_stranger_tries(self, act: str) -> None:
        stranger = self.world.grant(ids.new_id(), ("private", "FR"), organisation_id=ids.new_id())
        call, body = (self.world.put, FILLED) if act == "draft" else (self.world.post, None)
        given = {"reason": "Erreur"} if act == "amendments" else body
        assert (
            call(f"{self.path}/{act}", stranger, given, **{"If-Match": self.seen().headers["etag"]}).status_code == 404
        )

    @rule(statement=st.sampled_from(TAMPERING))
    def somebody_writes_to_the_table_itself(self, statement: str) -> None:
        if self.kept:
            with pytest.raises(DatabaseError), self.world.harness.transaction() as session:
                session.execute(text(statement), {"id": self.id.replace("-", "")})

    @invariant()
    def what_was_transmitted_never_changes(self) -> None:
        found = {
            row["version"]: tuple(v for k, v in row.items() if k not in ("state", "export_id"))
            for row in self.here("declaration_version")
        }
        assert {version: found[version] for version in self.kept} == self.kept
        self.kept = found

    @invariant()
    def every_passage_is_of_the_table_and_follows_the_one_before(self) -> None:
        standing: dict[int, str | None] = {}
        for row in self.here("passage"):
            source = State(row["from_state"]) if row["from_state"] else None
            assert (source, Event(row["event"]), State(row["to_state"])) in PASSAGES
            if row["version"] in standing and row["event"] not in ("transmit", "abandon"):
                assert row["from_state"] == standing[row["version"]], row
            standing[row["version"]] = row["to_state"] if row["event"] != "amend" else row["from_state"]

    @invariant()
    def the_row_is_where_its_last_passage_led(self) -> None:
        (row,) = self.here("rent_declaration")
        versions, passages = self.here("declaration_version"), self.here("passage")
        if State(row["state"]) in (State.DRAFT, State.TO_DECLARE):
            assert row["version"] == len(versions) + 1
            own = [each for each in passages if each["event"] in ("open", "save", "amend", "transmit", "abandon")]
            assert own[-1]["to_state"] == row["state"]
        else:
            assert (row["version"], row["state"]) == (versions[-1]["version"], versions[-1]["state"])
        assert [each["version"] for each in versions] == list(range(1, len(versions) + 1))
        assert all(each["state"] == "superseded" for each in versions[:-1])


@pytest.mark.timeout(600)
def test_no_sequence_of_acts_leaves_the_table_or_changes_what_was_transmitted(
    harness: HarnessFactory, sqlite_url: str, tmp_path: Any, make_world: Any
) -> None:
    world = make_world(harness(service, sqlite_url), tmp_path)
    # One more than the examples: hypothesis may look at the first twice.
    world.register(*[lot(number) for number in range(EXAMPLES * 4)])
    world.open_campaign()
    pending = [str(row["id"]) for row in world.harness.rows("rent_declaration")]
    machine = type("Machine", (Declarations,), {"world": world, "pending": pending})
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
    # The sequences went somewhere: corrected, given up, settled.
    wanted = {"open", "save", "transmit", "amend", "abandon", "supersede", "integrate"}
    assert wanted <= {row["event"] for row in world.harness.rows("passage")}
