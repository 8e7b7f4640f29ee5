"""An attestation that came back on paper: found by two numbers, typed apart, filed or discarded beside the rest."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from chassis import clock, ids
from declaration.models import Campaign, DeclarationVersion
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

TRANSMITTED = "declaration.transmitted.v1"
SIGNED = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
NUMBERS = {"user_number": "359 00007090001", "tenant_number": "1234567a"}


@dataclass
class Desk:
    """An agent at one declaration, with the landlord at the other end."""

    world: Any
    agent: dict[str, str]
    landlord: dict[str, str]
    id: str = ""
    paper: dict[str, Any] = field(default_factory=dict)
    etag: str = ""

    def kept(self, answer: Any) -> Any:
        if answer.status_code < 300:
            self.paper, self.etag = answer.json(), answer.headers["etag"]
        return answer

    def begin(self, received_on: str = "", posted_on: str | None = None, **more: str) -> Any:
        body = {"declaration_id": self.id, "received_on": received_on or clock.today().isoformat()}
        if posted_on:
            body["posted_on"] = posted_on
        return self.kept(self.world.post("/papers", self.agent, body, **more))

    @property
    def at(self) -> str:
        return f"/papers/{self.paper['id']}"

    def read(self) -> dict[str, Any]:
        self.kept(self.world.get(self.at, self.agent))
        return self.paper

    def type(self, **change: Any) -> Any:
        return self.kept(self.world.put(f"{self.at}/draft", self.agent, change or SIGNED, **{"If-Match": self.etag}))

    def file(self, reason: str | None = None, **more: str) -> Any:
        body = {"declaration_etag": self.paper["declaration_etag"], "reason": reason}
        return self.kept(self.world.post(f"{self.at}/filing", self.agent, body, **{"If-Match": self.etag, **more}))

    def discard(self, reason: str) -> Any:
        body = {"reason": reason}
        return self.kept(self.world.post(f"{self.at}/discarding", self.agent, body, **{"If-Match": self.etag}))

    def online(self, transmit: bool = True, **steps: Any) -> None:
        """What the landlord does on the site."""
        path = f"/declarations/{self.id}"
        etag = self.world.get(path, self.landlord).headers["etag"]
        saved = self.world.put(f"{path}/draft", self.landlord, {**SIGNED, **steps}, **{"If-Match": etag})
        assert saved.status_code == 200, saved.text
        if transmit:
            sent = self.world.post(f"{path}/transmission", self.landlord, **{"If-Match": saved.headers["etag"]})
            assert sent.status_code == 201, sent.text

    def declaration(self) -> dict[str, Any]:
        found: dict[str, Any] = self.world.get(f"/declarations/{self.id}", self.landlord).json()
        return found


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register({})
    world.open_campaign()
    made = Desk(world, world.agent(), world.landlord(("private", "35")))
    made.id = world.declarations(made.landlord)[0]["id"]
    return made


def test_nobody_but_agents_of_that_caf_types_reads_or_finds_a_paper(desk: Desk) -> None:
    desk.begin()
    world = desk.world
    body = {"declaration_id": desk.id, "received_on": clock.today().isoformat()}
    calls = [
        ("post", "/paper-searches", NUMBERS),
        ("post", "/papers", body),
        ("get", "/papers", None),
        ("get", desk.at, None),
        ("put", f"{desk.at}/draft", SIGNED),
        ("post", f"{desk.at}/filing", {"declaration_etag": '"1"'}),
        ("post", f"{desk.at}/discarding", {"reason": "Non"}),
    ]
    for method, path, sent in calls:
        for headers, refused in (({}, 401), (desk.landlord, 403)):
            answer = getattr(world, method)(path, headers, *([sent] if sent else []))
            assert answer.status_code == refused, (method, path)
    other = world.agent("220")
    assert world.post("/paper-searches", other, NUMBERS).json() == {"items": []}
    assert world.get("/papers", other).json()["items"] == []
    for method, path, sent in (call for call in calls if call[1].startswith(desk.at) or call[2] is body):
        more = {} if method == "get" else {"If-Match": desk.etag}
        assert getattr(world, method)(path, other, *([sent] if sent else []), **more).status_code == 404, path
    assert world.get(f"/papers/{ids.new_id()}", desk.agent).status_code == 404


def test_an_attestation_is_found_by_its_two_numbers_together(desk: Desk) -> None:
    desk.world.register({**PERSON, "dwelling_ref": "L-9"})

    def found(**numbers: str) -> list[Any]:
        answer = desk.world.post("/paper-searches", desk.agent, {**NUMBERS, **numbers})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    (item,) = found()
    assert (item["declaration_id"], item["status"], item["landlord"]["name"]) == (
        desk.id,
        "to_declare",
        "REGIE DES LICES",
    )
    assert found(tenant_number="7654321Z") == []
    assert found(user_number="359 00007090009") == []
    (other,) = found(user_number=PERSON["user_number"])
    assert other["declaration_id"] != desk.id
    assert desk.world.post("/paper-searches", desk.agent, {**NUMBERS, "tenant_number": "%"}).status_code == 400


def test_a_paper_whose_printed_numbers_are_those_of_another_is_not_begun(desk: Desk) -> None:
    for name, wrong in (("user_number", "35900007099999"), ("tenant_number", "7654321Z")):
        body = {"declaration_id": desk.id, "received_on": clock.today().isoformat(), name: wrong}
        refused = desk.world.post("/papers", desk.agent, body, **{"Idempotency-Key": str(ids.new_id())})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{name}")
    right = {"user_number": "359 00007090001", "tenant_number": "1234567a"}
    body = {"declaration_id": desk.id, "received_on": clock.today().isoformat(), **right}
    assert desk.world.post("/papers", desk.agent, body, **{"Idempotency-Key": str(ids.new_id())}).status_code == 201


def test_the_day_of_receipt_is_neither_to_come_nor_before_the_opening(desk: Desk) -> None:
    today = clock.today()
    for day, code in (
        ((today + timedelta(days=1)).isoformat(), "received_in_future"),
        (f"{today.year - 1}-06-30", "received_before_opening"),
        ("2026-02-30", "date"),
        ("hier", "date"),
    ):
        refused = desk.begin(day)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code), day
        assert refused.json()["errors"][0]["pointer"] == "/received_on"
    assert desk.begin(f"{today.year - 1}-07-01").status_code == 201
    assert desk.type(received_on=(today + timedelta(days=1)).isoformat()).status_code == 422
    assert desk.type(received_on=today.isoformat()).json()["received_on"] == today.isoformat()


def test_the_postmark_is_from_the_opening_to_the_day_of_receipt(desk: Desk) -> None:
    today = clock.today()
    received = today - timedelta(days=2)
    for day, code in (
        ((received + timedelta(days=1)).isoformat(), "posted_after_receipt"),
        (f"{today.year - 1}-06-30", "posted_before_opening"),
        ("2026-02-30", "date"),
        ("illisible", "date"),
    ):
        (error,) = desk.begin(received.isoformat(), day).json()["errors"]
        assert (error["pointer"], error["code"], error["example"]) == ("/posted_on", code, received.isoformat()), day
    both = desk.begin("hier", "avant-hier").json()["errors"]
    assert [error["pointer"] for error in both] == ["/received_on", "/posted_on"]
    assert desk.begin(received.isoformat(), received.isoformat()).status_code == 201
    # One day corrected is judged with the other, as it stands.
    refused = desk.type(received_on=(received - timedelta(days=1)).isoformat())
    assert refused.json()["errors"][0]["code"] == "posted_after_receipt"
    assert desk.type(rent=RENT).json()["posted_on"] == received.isoformat()
    assert desk.type(posted_on=None).json()["posted_on"] is None
    assert desk.type(received_on=(received - timedelta(days=1)).isoformat()).status_code == 200


def test_the_same_envelope_opened_twice_is_one_attestation(desk: Desk) -> None:
    first = desk.begin().json()
    again = desk.world.post(
        "/papers", desk.world.agent(), {"declaration_id": desk.id, "received_on": clock.today().isoformat()}
    )
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert len(desk.world.harness.rows("paper_return")) == 1
    (listed,) = desk.world.get("/papers", desk.agent, state="typing", declaration=desk.id).json()["items"]
    assert (listed["id"], listed["state_label"]) == (first["id"], "En cours de saisie")
    assert desk.world.get("/papers", desk.agent, cursor="WyJ4Il0").status_code == 400


def test_a_paper_is_judged_by_the_same_checks_and_says_all_its_errors(desk: Desk) -> None:
    desk.begin()
    refused = desk.type(rent={**RENT, "rent": "1.234,50", "charges": None}, received_on="demain")
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/rent/rent", "/rent/charges", "/received_on"}
    desk.type(**{**SIGNED, "rent": {**RENT, "rent": "900"}})
    (point,) = desk.paper["to_confirm"]
    assert (point["code"], point["confirmed"], desk.paper["total"]) == ("differs_from_last_year", False, "938.00")
    refused = desk.file()
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/confirmations/differs_from_last_year"
    assert desk.world.harness.rows("declaration_version") == []
    assert desk.type(confirmations={"differs_from_last_year": "Écrit ainsi"}).json()["missing"] == []
    assert desk.file().status_code == 201


def test_a_filed_paper_is_transmitted_once_by_its_own_channel_and_its_day_never_changes(desk: Desk) -> None:
    day = (clock.today() - timedelta(days=3)).isoformat()
    posted = (clock.today() - timedelta(days=5)).isoformat()
    desk.begin(day, posted)
    desk.type()
    before = desk.declaration()
    assert (before["status"], before["draft"]["rent"], before["paper"]["state"]) == ("to_declare", None, "typing")
    etag = desk.etag
    sent = desk.file(**{"Idempotency-Key": "k1"})
    assert sent.status_code == 201, sent.text
    assert (sent.json()["state"], sent.json()["version"]) == ("filed", 1)
    body = {"declaration_etag": before and desk.paper["declaration_etag"], "reason": None}
    assert desk.world.post(f"{desk.at}/filing", desk.agent, body, **{"If-Match": etag}).status_code == 412
    (event,) = desk.world.harness.published(TRANSMITTED)
    assert (event.data["channel"], event.data["declarant_account_id"]) == ("paper", None)
    assert (event.data["received_on"], event.data["posted_on"], event.data["late"]) == (day, posted, False)
    assert event.personal["recipient"]["email"] == "gestion@lices.example"
    found = desk.declaration()
    assert (found["status"], found["actions"], found["updated_by"]["kind"]) == ("transmitted", ["amend"], "caf")
    newest = found["transmissions"][0]
    assert (newest["channel"], newest["received_on"], newest["posted_on"]) == ("paper", day, posted)
    assert (found["paper"]["state"], found["paper"]["version"], found["paper"]["set_aside"]) == ("filed", 1, [])
    history = desk.world.get(f"/declarations/{desk.id}/history", desk.landlord).json()
    assert [each["posted_on"] for each in (*history["versions"], *history["papers"], found["paper"])] == [posted] * 3
    passages = desk.world.harness.rows("state_transition")
    assert [(row["event"], row["channel"]) for row in passages][1:] == [("save", "paper"), ("transmit", "paper")]
    actions = [line["action"] for line in desk.world.harness.rows("journal")]
    assert [action for action in actions if action.startswith("paper.")] == [
        "paper.begun",
        "paper.saved",
        "paper.filed",
    ]
    for changed in ({"received_on": clock.today()}, {"posted_on": clock.today()}, {"posted_on": None}):
        statement = update(DeclarationVersion).values(**changed)
        with pytest.raises(DatabaseError, match="never changes"), desk.world.harness.transaction() as session:
            session.execute(statement)
    assert desk.type().status_code == 409


@pytest.mark.parametrize(
    ("received", "posted", "late"),
    # Days after the deadline; the cut-off is the third. CRPA art. L. 112-1: the postmark proves the day of sending.
    [
        (-1, None, False),
        (0, None, False),
        (1, None, True),
        (1, 0, False),
        (1, 1, True),
        (0, -3, False),
        (4, 0, False),
        (4, 3, True),
    ],
)
def test_lateness_is_that_of_the_postmark_else_of_the_day_of_receipt_whenever_it_is_typed(
    world: Any, received: int, posted: int | None, late: bool
) -> None:
    deadline = clock.today() - timedelta(days=7)
    world.register({})
    world.open_campaign()
    with world.harness.transaction() as session:
        # The cut-off passed since, and the campaign is closed.
        moved = {"deadline": deadline, "cut_off": deadline + timedelta(days=3), "phase": "closed"}
        session.execute(update(Campaign).values(**moved))
    desk = Desk(world, world.agent(), world.landlord())
    desk.id = world.declarations(desk.landlord)[0]["id"]
    day, before, after = ((deadline + timedelta(days=days)).isoformat() for days in (received, posted or 0, 4))
    assert desk.begin(after).json()["errors"][0]["code"] == "received_after_cut_off"
    (error,) = desk.begin(after, after).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/posted_on", "posted_after_cut_off")
    # The cut-off has passed for the site, not for what was posted, or had arrived, before it.
    assert desk.begin(day, None if posted is None else before).status_code == 201
    assert desk.type().json()["late"] is late
    assert desk.file().status_code == 201
    assert desk.world.harness.published(TRANSMITTED)[-1].data["late"] is late
    assert desk.declaration()["late"] is late


def test_what_was_declared_online_stands_beside_the_paper_which_replaces_it_with_a_reason_only(desk: Desk) -> None:
    desk.online()
    desk.begin()
    desk.type(**{**SIGNED, "rent": {**RENT, "charges": "45"}})
    beside = desk.paper["beside"]
    assert (beside["kind"], beside["version"], beside["channel"], beside["replaceable"]) == ("online", 1, "web", True)
    (row,) = beside["differences"]
    assert (row["field"], row["before"], row["after"]) == ("rent/charges", "38,00\u00a0€", "45,00\u00a0€")
    for reason in (None, "  "):
        refused = desk.file(reason)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert desk.file("Le bailleur confirme le papier").status_code == 201
    one, two = desk.world.harness.published(TRANSMITTED)
    assert (two.data["version"], two.data["supersedes"], two.data["channel"]) == (2, 1, "paper")
    assert (one.data["channel"], two.personal["snapshot"]["rent"]["charges"]) == ("web", "45.00")
    newest = desk.declaration()["transmissions"][0]
    assert (newest["reason"], newest["version"]) == ("Le bailleur confirme le papier", 2)


def test_a_discarded_paper_changes_nothing_and_keeps_why(desk: Desk) -> None:
    desk.online()
    before = desk.declaration()
    desk.begin()
    desk.type()
    assert desk.discard("   ").status_code == 422
    assert desk.discard("Même déclaration en ligne").json()["state"] == "discarded"
    assert desk.declaration() == before
    assert len(desk.world.harness.published(TRANSMITTED)) == 1
    assert (desk.file().status_code, desk.discard("Encore").status_code) == (409, 409)
    line = desk.world.harness.rows("journal")[-1]
    assert (line["action"], line["reason"]) == ("paper.discarded", "Même déclaration en ligne")
    first = desk.paper["id"]
    assert (desk.begin().status_code, desk.paper["id"] != first) == (201, True)


def test_a_second_paper_stands_beside_the_first(desk: Desk) -> None:
    today = clock.today().isoformat()
    desk.begin(today, today)
    desk.type()
    desk.file()
    desk.begin()
    assert (desk.paper["beside"]["kind"], desk.paper["beside"]["version"]) == ("paper", 1)
    assert (desk.paper["beside"]["received_on"], desk.paper["beside"]["posted_on"]) == (today, today)
    desk.type()
    assert desk.file().status_code == 422
    assert desk.file("Le second est signé de la gérante").json()["version"] == 2


def test_a_draft_online_is_set_aside_shown_to_its_author_and_not_lost(desk: Desk) -> None:
    desk.online(transmit=False, rent={**RENT, "rent": "400"})
    desk.begin()
    desk.type()
    assert (desk.paper["beside"]["kind"], desk.paper["beside"]["version"]) == ("online_draft", None)
    assert desk.file().status_code == 201
    (row,) = desk.declaration()["paper"]["set_aside"]
    assert (row["field"], row["before"], row["after"]) == ("rent/rent", "400,00\u00a0€", "415,00\u00a0€")
    assert desk.declaration()["draft"]["rent"]["rent"] == "415.00"


def test_who_transmits_while_the_paper_is_typed_is_not_overwritten_unseen(desk: Desk) -> None:
    desk.begin()
    desk.type()
    desk.online()
    assert desk.declaration()["paper"]["state"] == "typing"
    assert desk.file().status_code == 412
    assert desk.file("Vu").status_code == 412
    assert len(desk.world.harness.published(TRANSMITTED)) == 1
    assert desk.read()["beside"]["kind"] == "online"
    assert desk.file("Le papier est plus récent").status_code == 201


def test_an_open_correction_of_the_landlord_is_set_aside_and_the_version_bears_the_reason_of_the_agent(
    desk: Desk,
) -> None:
    desk.online()
    desk.world.post(f"/declarations/{desk.id}/amendments", desk.landlord, {"reason": "Charges oubliées"})
    desk.online(transmit=False, rent={**RENT, "charges": "50"})
    desk.begin()
    desk.type()
    assert desk.file("Le papier signé fait foi").json()["version"] == 2
    found = desk.declaration()
    assert (found["version"], found["transmissions"][0]["reason"]) == (2, "Le papier signé fait foi")
    assert [row["field"] for row in found["paper"]["set_aside"]] == ["rent/charges"]


def test_what_the_caf_has_settled_is_not_replaced_by_a_paper(desk: Desk) -> None:
    desk.online()
    desk.begin()
    desk.type()
    with desk.world.harness.transaction() as session:
        session.execute(update(DeclarationVersion).values(state="integrated"))
        session.connection().exec_driver_sql("UPDATE rent_declaration SET state = 'integrated'")
    assert desk.read()["beside"]["replaceable"] is False
    assert desk.file("Le papier est le bon").status_code == 409
    assert desk.discard("Déjà prise en compte").status_code == 200


def test_a_tenant_with_nothing_to_declare_has_no_paper(world: Any, year: int) -> None:
    world.register({"lease_start": f"{year}-08-01"})
    world.open_campaign()
    desk = Desk(world, world.agent(), world.landlord())
    desk.id = world.declarations(desk.landlord)[0]["id"]
    assert desk.begin().status_code == 409


def test_a_paper_typed_by_two_agents_is_not_overwritten_blindly(desk: Desk) -> None:
    desk.begin()
    stale = desk.etag
    desk.type()
    path = f"{desk.at}/draft"
    assert (desk.paper["saved_by"]["kind"], desk.paper["saved_at"] >= desk.paper["begun_at"]) == ("you", True)
    colleague = desk.world.get(desk.at, desk.world.agent()).json()
    assert colleague["saved_by"] == {"kind": "caf", "account_id": desk.paper["saved_by"]["account_id"]}
    assert desk.world.put(path, desk.agent, SIGNED, **{"If-Match": stale}).status_code == 412
    assert desk.world.put(path, desk.agent, SIGNED).status_code == 428
