"""From the list to the transmitted version, over HTTP: saved, confirmed, transmitted once, corrected with a reason."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis import clock, ids, pagination
from chassis.testing import contracts
from declaration.domain import snapshot
from declaration.models import DeclarationVersion
from declaration_cases import INFORMATION, RENT, SITUATION
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

TRANSMITTED = "declaration.transmitted.v1"
SUPERSEDED = "declaration.superseded.v1"


class Journey:
    """A person at one declaration; keeps the last ETag."""

    def __init__(self, world: Any, headers: dict[str, str]) -> None:
        self.world, self.headers = world, headers
        self.id = world.declarations(headers)[0]["id"]
        self.path = f"/declarations/{self.id}"
        self.etag = ""
        self.read()

    def read(self) -> dict[str, Any]:
        answer = self.world.get(self.path, self.headers)
        assert answer.status_code == 200, answer.text
        self.etag = answer.headers["etag"]
        found: dict[str, Any] = answer.json()
        return found

    def save(self, **steps: Any) -> Any:
        answer = self.world.put(f"{self.path}/draft", self.headers, steps, **{"If-Match": self.etag})
        self.etag = answer.headers.get("etag", self.etag)
        return answer

    def transmit(self, key: str = "", etag: str = "") -> Any:
        more = {"If-Match": etag or self.etag, **({"Idempotency-Key": key} if key else {})}
        return self.world.post(f"{self.path}/transmission", self.headers, **more)

    def amend(self, reason: str = "Erreur de saisie") -> Any:
        return self.world.post(f"{self.path}/amendments", self.headers, {"reason": reason})

    def complete(self, **steps: Any) -> None:
        answer = self.save(**{"information": INFORMATION, "situation": SITUATION, "rent": RENT, **steps})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def journey(world: Any) -> Journey:
    world.register({})
    world.open_campaign()
    return Journey(world, world.landlord(("private", "35")))


def test_each_save_says_in_the_journal_who_saved_which_steps_and_not_what_they_say(journey: Journey) -> None:
    journey.save(information=INFORMATION)
    journey.save(situation=SITUATION, rent=RENT)
    lines = [line for line in journey.world.harness.rows("journal") if line["action"] == "declaration.saved"]
    assert [line["after"]["steps"] for line in lines] == [["information"], ["rent", "situation"]]
    assert {(line["subject"], line["perimeter"], len(line["actor"])) for line in lines} == {(journey.id, "359", 36)}
    assert RENT["rent"] not in str(lines)


def test_the_journey_goes_step_by_step_and_is_found_again(journey: Journey) -> None:
    assert (journey.read()["status"], journey.read()["next_step"]) == ("to_declare", "information")
    for step, body, following in (
        ("information", INFORMATION, "situation"),
        ("situation", SITUATION, "rent"),
        ("rent", RENT, "summary"),
    ):
        saved = journey.save(**{step: body})
        assert saved.status_code == 200, saved.text
        assert (saved.json()["status"], saved.json()["next_step"]) == ("draft", following)
    found = journey.read()
    assert found["draft"]["rent"] == {**RENT, "rent": "415.00", "charges": "38.00"}
    assert (found["total"], found["actions"]) == ("453.00", ["save", "transmit"])
    assert [row["event"] for row in journey.world.harness.rows("state_transition")] == ["open", "save"]


def test_a_refused_step_changes_nothing_and_says_everything(journey: Journey) -> None:
    before = journey.world.harness.rows("rent_declaration")
    refused = journey.save(information=INFORMATION, rent={**RENT, "rent": "1.234,50", "charges": None})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/rent/rent", "/rent/charges"}
    assert "1.234,50" not in refused.text
    assert journey.world.harness.rows("rent_declaration") == before


def test_a_draft_changed_meanwhile_is_not_overwritten(journey: Journey) -> None:
    first = journey.etag
    assert journey.save(information=INFORMATION).status_code == 200
    stale = journey.world.put(f"{journey.path}/draft", journey.headers, {"rent": RENT}, **{"If-Match": first})
    assert stale.status_code == 412
    blind = journey.world.put(f"{journey.path}/draft", journey.headers, {"rent": RENT})
    assert blind.status_code == 428
    assert journey.read()["draft"]["rent"] is None


OUTSIDE: list[dict[str, Any]] = [
    {},
    {"salary": {}},
    {"rent": {"rent": 412.5}},
    {"confirmations": {"other": ""}},
    {"confirmations": {"zero_rent": "\x00"}},
    {"information": {**INFORMATION, "address": ["RUE\x00"]}},
]


def test_a_body_outside_the_contract_is_refused(journey: Journey) -> None:
    for body in OUTSIDE:
        assert journey.save(**body).status_code in (400, 422), body
    assert journey.read()["status"] == "to_declare"
    assert journey.amend("\x00").status_code == 400


def test_a_crafted_cursor_is_refused(journey: Journey) -> None:
    some_id = str(ids.new_id())
    for key in (["9" * 300, "a", some_id], ["0", "\x00", some_id], ["0", "a", "x"], ["x", "a", some_id], ["0"]):
        cursor = pagination.encode(key)
        assert journey.world.get("/declarations", journey.headers, cursor=cursor).status_code == 400, key


def test_what_is_missing_is_listed_when_one_transmits_too_early(journey: Journey) -> None:
    assert journey.transmit().status_code == 409
    journey.save(information={**INFORMATION, "confirmed": False}, rent={**RENT, "rent": "900"})
    refused = journey.transmit()
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/information",
        "/situation",
        "/confirmations/differs_from_last_year",
    ]
    assert journey.world.harness.rows("declaration_version") == []


def test_a_transmission_makes_a_version_with_reference_hash_and_event(journey: Journey) -> None:
    journey.complete(rent={**RENT, "rent": "900"}, confirmations={"differs_from_last_year": "Travaux"})
    sent = journey.transmit()
    assert sent.status_code == 201, sent.text
    (version,) = journey.world.harness.rows("declaration_version")
    (event,) = journey.world.harness.published(TRANSMITTED)
    assert sent.json()["reference"] == event.data["reference"] == version["reference"]
    assert snapshot.sha256(event.personal["snapshot"]) == event.data["sha256"] == sent.json()["sha256"]
    assert (event.data["version"], event.data["supersedes"], event.data["channel"]) == (1, None, "web")
    told = event.personal["snapshot"]
    assert (told["rent"]["total"], told["tenant"]["last_name"]) == ("938.00", "DEUJOURS")
    assert told["confirmations"][0]["reason"] == "Travaux"
    assert event.personal["recipient"]["email"] == "gestion@lices.example"
    found = journey.read()
    assert (found["status"], found["next_step"], found["actions"]) == ("transmitted", "done", ["amend"])
    assert found["transmissions"][0]["document_id"] is None
    assert [row["event"] for row in journey.world.harness.rows("state_transition")] == ["open", "save", "transmit"]


def test_the_same_key_transmits_once_and_gives_the_first_answer_again(journey: Journey) -> None:
    journey.complete()
    etag = journey.etag
    first, second = journey.transmit("k1", etag), journey.transmit("k1", etag)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(journey.world.harness.published(TRANSMITTED)) == 1
    assert journey.transmit("k2", etag).status_code == 412


def test_what_was_transmitted_is_not_saved_over(journey: Journey) -> None:
    journey.complete()
    journey.transmit()
    journey.read()
    assert journey.save(rent=RENT).status_code == 409
    assert journey.transmit().status_code == 409
    assert len(journey.world.harness.rows("declaration_version")) == 1


def test_the_database_itself_refuses_to_alter_or_remove_a_version(journey: Journey) -> None:
    journey.complete()
    journey.transmit()
    (before,) = journey.world.harness.rows("declaration_version")
    for statement in (
        update(DeclarationVersion).values(sha256="0" * 64),
        update(DeclarationVersion).values(snapshot={}),
        update(DeclarationVersion).values(transmitted_at=clock.now()),
        update(DeclarationVersion).values(reference="R26-0000-0000-0000-0000"),
        delete(DeclarationVersion),
    ):
        with pytest.raises(DatabaseError, match="never changes"), journey.world.harness.transaction() as session:
            session.execute(statement)
    assert journey.world.harness.rows("declaration_version") == [before]


def test_a_correction_is_a_new_version_that_supersedes_the_first(journey: Journey) -> None:
    journey.complete()
    first = journey.transmit().json()
    amended = journey.amend("Charges oubliées")
    assert amended.status_code == 201, amended.text
    assert (amended.json()["status"], amended.json()["version"]) == ("draft", 2)
    assert amended.json()["draft"]["rent"]["rent"] == "415.00"
    assert amended.json()["transmissions"][0]["superseded"] is False
    journey.read()
    journey.save(rent={**RENT, "charges": "45"})
    second = journey.transmit().json()
    assert (second["version"], second["reference"] != first["reference"]) == (2, True)
    transmitted = journey.world.harness.published(TRANSMITTED)
    assert [event.data["supersedes"] for event in transmitted] == [None, 1]
    (told,) = journey.world.harness.published(SUPERSEDED)
    assert (told.data["version"], told.data["superseded_by"], told.data["reference"]) == (1, 2, first["reference"])
    assert [(each["version"], each["superseded"]) for each in journey.read()["transmissions"]] == [
        (2, False),
        (1, True),
    ]
    events = [(row["version"], row["event"], row["reason"]) for row in journey.world.harness.rows("state_transition")]
    assert (1, "supersede", "Charges oubliées") in events


def test_a_correction_needs_a_reason_and_something_transmitted(journey: Journey) -> None:
    assert journey.amend().status_code == 409
    journey.complete()
    journey.transmit()
    assert journey.amend("").status_code in (400, 422)
    assert journey.amend("   ").status_code == 409
    assert journey.read()["version"] == 1


def test_an_agent_reads_the_journey_and_takes_no_step_of_it(journey: Journey) -> None:
    journey.complete()
    reader = Journey(journey.world, journey.world.agent())
    assert reader.read()["actions"] == []
    path = reader.path
    for answer in (
        reader.save(rent=RENT),
        reader.transmit(),
        reader.amend(),
        journey.world.post(f"{path}/abandonment", reader.headers, **{"If-Match": reader.etag}),
    ):
        assert answer.status_code == 403
    assert journey.world.harness.rows("declaration_version") == []


def test_who_saved_last_is_told_and_agents_see_no_colleague_of_themselves(journey: Journey) -> None:
    assert journey.read()["updated_by"] == {"kind": "caf", "account_id": None}
    journey.save(information=INFORMATION)
    mine = journey.read()["updated_by"]
    assert mine["kind"] == "you"
    for other in (journey.world.landlord(), journey.world.agent()):
        assert Journey(journey.world, other).read()["updated_by"] == {**mine, "kind": "organisation"}


def test_the_receipt_is_linked_when_the_document_is_ready(journey: Journey) -> None:
    journey.complete()
    journey.transmit()
    document = str(ids.new_id())
    told = contracts.example("documents.recap_ready.v1")
    data = {**told["data"], "declaration_id": journey.id, "version": 1, "document_id": document}
    for _ in range(2):
        journey.world.harness.deliver("documents.recap_ready.v1", data, told["personal"])
    assert journey.read()["transmissions"][0]["document_id"] == document


def test_a_tenant_who_entered_after_july_has_nothing_to_declare(world: Any, year: int) -> None:
    world.register({"lease_start": f"{year}-08-01"})
    world.open_campaign()
    journey = Journey(world, world.landlord())
    found = journey.read()
    assert (found["status"], found["actions"], found["next_step"]) == ("not_concerned", [], "done")
    assert "31 juillet" in found["exemption"]
    assert journey.save(rent=RENT).status_code == 409


def test_two_who_transmit_together_make_one_version(journey: Journey) -> None:
    journey.complete()
    clients = [TestClient(journey.world.harness.client.app, raise_server_exceptions=False) for _ in range(4)]
    headers = {**journey.headers, "If-Match": journey.etag}

    def send(client: TestClient) -> int:
        url = f"/api/declaration/v1{journey.path}/transmission"
        return int(client.post(url, headers=headers).status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(send, clients))
    assert answers == [201, 412, 412, 412]
    assert len(journey.world.harness.published(TRANSMITTED)) == 1


def test_an_abandoned_correction_leaves_everything_as_it_was_transmitted(journey: Journey) -> None:
    journey.complete(rent={**RENT, "rent": "900"}, confirmations={"differs_from_last_year": "Travaux"})
    journey.transmit()
    before = journey.read()
    journey.amend("Charges oubliées")
    journey.read()
    journey.save(rent={**RENT, "charges": "45"})
    abandoned = journey.world.post(f"{journey.path}/abandonment", journey.headers, **{"If-Match": journey.etag})
    assert abandoned.status_code == 200, abandoned.text
    assert {**abandoned.json(), "updated_at": ""} == {**before, "updated_at": ""}
    assert journey.save(rent=RENT).status_code == 409 or journey.read()["status"] == "transmitted"
    passage = journey.world.harness.rows("state_transition")[-1]
    assert (passage["event"], passage["version"], passage["to_state"]) == ("abandon", 2, "transmitted")
    assert len(journey.world.harness.published(TRANSMITTED)) == 1
    assert journey.amend("Charges, encore").json()["version"] == 2


def test_only_an_open_correction_is_abandoned_and_not_over_a_newer_save(journey: Journey) -> None:
    journey.complete()
    path = f"{journey.path}/abandonment"
    assert journey.world.post(path, journey.headers, **{"If-Match": journey.etag}).status_code == 409
    journey.transmit()
    journey.amend()
    stale = journey.etag
    journey.read()
    assert "abandon" in journey.read()["actions"]
    assert journey.world.post(path, journey.headers, **{"If-Match": stale}).status_code == 412
    assert journey.world.post(path, journey.headers).status_code == 428
