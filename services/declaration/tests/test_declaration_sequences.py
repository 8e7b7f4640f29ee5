"""Any sequence of acts, by anyone, on any day, on a real database: the table holds, and what was transmitted stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.testing.plugin import HarnessFactory
from declaration.app import service
from declaration.domain.states import TABLE, State, Trigger
from declaration.models import Base, Campaign
from declaration_cases import INFORMATION, RENT, SITUATION
from declaration_exchange import answers_file, lot, make_export, send_answers
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError

EXAMPLES, STEPS = 20, 14
IN_JULY, AFTER_JULY = "2016-09-01", f"{clock.today().year}-08-01"
ANSWERS: dict[str, dict[str, str]] = {
    "integrated": {},
    "under_review": {},
    "information_requested": {"text": "Le loyer comprend-il le garage ?"},
    "rejected": {"reason_code": "other", "text": "Illisible"},
}
FILLED = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
PASSAGES = {(source, event, target) for source, event, to in TABLE for target in to.targets}
# The others are of a version that was transmitted.
OF_THE_ROW = ("open", "save", "amend", "transmit", "abandon", "lease_leaves_july", "lease_joins_july")
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
    pending: list[tuple[str, int]]

    def __init__(self) -> None:
        super().__init__()
        self.id, self.lot = self.pending.pop()
        self.headers = self.world.landlord()
        self.path = f"/declarations/{self.id}"
        self.kept: dict[int, tuple[Any, ...]] = {}
        self.on_time = True
        with self.world.harness.transaction() as session:
            session.execute(update(Campaign).values(phase="open"))
        self.day(0)

    def here(self, table: str) -> list[Any]:
        """The rows of this declaration, in their order."""
        found = Base.metadata.tables[table]
        mine = found.c.id if table == "rent_declaration" else found.c.declaration_id
        order = found.c.seq if table == "state_transition" else found.c.version
        with self.world.harness.runtime.read_only() as session:
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
            last = clock.today() + timedelta(days=left)
            session.execute(update(Campaign).values(cut_off=last, unfinished=None))
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

    @rule()
    def the_campaign_ends_where_its_last_day_has_passed(self) -> None:
        self.world.harness.run_job("cut-off")

    @rule(lease_start=st.sampled_from([IN_JULY, AFTER_JULY]))
    def the_registry_corrects_the_lease(self, lease_start: str) -> None:
        assert self.world.register(lot(self.lot, lease_start=lease_start))["lines_bad"] == 0

    @rule(replaces=st.booleans(), rent=st.sampled_from(["415,00", "500,00"]))
    def paper_arrives(self, replaces: bool, rent: str) -> None:
        """An agent types it, then files it, or puts it aside when it may not or need not be filed."""
        agent, today = self.world.agent(), clock.today().isoformat()
        begun = self.world.post("/papers", agent, {"declaration_id": self.id, "received_on": today})
        assert begun.status_code in (201, 409, 422)
        if begun.status_code != 201:
            return
        assert self.on_time
        path = f"/papers/{begun.json()['id']}"
        typed = self.world.put(
            f"{path}/draft", agent, {**FILLED, "rent": {**RENT, "rent": rent}}, **{"If-Match": begun.headers["etag"]}
        )
        points = {each["code"]: "" for each in typed.json()["to_confirm"] if not each["confirmed"]}
        typed = self.world.put(f"{path}/draft", agent, {"confirmations": points}, **{"If-Match": typed.headers["etag"]})
        held = {"If-Match": typed.headers["etag"]}
        body = {"declaration_etag": typed.json()["declaration_etag"], "reason": "Le papier fait foi"}
        filed = self.world.post(f"{path}/filing", agent, body, **held) if replaces else None
        if filed is None or filed.status_code != 201:
            assert filed is None or filed.status_code == 409
            assert self.world.post(f"{path}/discarding", agent, {"reason": "Déjà déclaré"}, **held).status_code == 200

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
    def every_transition_is_of_the_table_and_follows_the_one_before(self) -> None:
        standing: dict[int, str | None] = {}
        for row in self.here("state_transition"):
            source = State(row["from_state"]) if row["from_state"] else None
            assert (source, Trigger(row["event"]), State(row["to_state"])) in PASSAGES
            if row["version"] in standing and row["event"] not in ("transmit", "abandon"):
                assert row["from_state"] == standing[row["version"]], row
            standing[row["version"]] = row["to_state"] if row["event"] != "amend" else row["from_state"]

    @invariant()
    def the_row_is_where_its_last_transition_led(self) -> None:
        (row,) = self.here("rent_declaration")
        versions, transitions = self.here("declaration_version"), self.here("state_transition")
        if State(row["state"]) in (State.DRAFT, State.TO_DECLARE, State.NOT_CONCERNED):
            assert row["version"] == len(versions) + 1
            own = [each for each in transitions if each["event"] in OF_THE_ROW]
            assert own[-1]["to_state"] == row["state"]
            assert row["state"] == "draft" or not versions
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
    lots = {row["id"]: int(row["tenant_number"][:-1]) - 1_000_000 for row in world.harness.rows("tenancy")}
    pending = [(str(row["id"]), lots[row["tenancy_id"]]) for row in world.harness.rows("rent_declaration")]
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
    went_everywhere(machine)
    transitions = world.harness.rows("state_transition")
    assert {event for _, event, _ in TABLE} - {Trigger.EXEMPT} <= {Trigger(row["event"]) for row in transitions}
    assert {"web", "paper", "caf", "registry"} <= {row["channel"] for row in transitions}
    assert {"filed", "discarded"} <= {row["state"] for row in world.harness.rows("paper_return")}


def went_everywhere(machine: type[Declarations]) -> None:
    """What chance may leave out: sequences through every event, by every hand, the same invariants after each act."""
    settled: list[Callable[[Any], object]] = [
        lambda one: one.the_registry_corrects_the_lease(AFTER_JULY),
        lambda one: one.save(FILLED, fresh=True),
        lambda one: one.the_registry_corrects_the_lease(IN_JULY),
        lambda one: one.declare(),
        lambda one: one.the_registry_corrects_the_lease(AFTER_JULY),
        lambda one: one.caf_answers("under_review", newest=True),
        lambda one: one.paper_arrives(replaces=True, rent="500,00"),
        lambda one: one.caf_answers("information_requested", newest=True),
        lambda one: one.think_better_of_it(),
        lambda one: one.correct(),
        lambda one: one.caf_answers("rejected", newest=True),
        lambda one: one.amend("Erreur de saisie"),
        lambda one: one.paper_arrives(replaces=True, rent="415,00"),
        lambda one: one.caf_answers("integrated", newest=True),
        lambda one: one.paper_arrives(replaces=True, rent="500,00"),
        lambda one: one.amend("Erreur de saisie"),
    ]
    ended: list[Callable[[Any], object]] = [
        lambda one: one.paper_arrives(replaces=False, rent="415,00"),
        lambda one: one.save({"rent": RENT}, fresh=True),
        lambda one: one.paper_arrives(replaces=True, rent="415,00"),
        lambda one: one.day(-1),
        lambda one: one.the_campaign_ends_where_its_last_day_has_passed(),
        lambda one: one.amend("Erreur de saisie"),
        lambda one: one.paper_arrives(replaces=True, rent="500,00"),
        lambda one: one.caf_answers("integrated", newest=True),
    ]
    for acts, state, versions in ((settled, "integrated", 4), (ended, "integrated", 1)):
        one = machine()
        for act in acts:
            act(one)
            one.what_was_transmitted_never_changes()
            one.every_transition_is_of_the_table_and_follows_the_one_before()
            one.the_row_is_where_its_last_transition_led()
        assert (one.here("rent_declaration")[0]["state"], len(one.kept)) == (state, versions)
