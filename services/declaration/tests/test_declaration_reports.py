"""« Mon locataire n’est pas dans la liste », « ce locataire n’est plus le mien »: told once, handled, answered."""

from typing import Any

import pytest
from chassis import ids
from chassis.problems import Conflict, Invalid
from declaration.domain.reports import TRANSITIONS, State, Trigger, advance
from declaration_cases import PERSON

USER_NUMBER = "359 00007090001"
TENANT = {
    "tenant_last_name": "Évrard",
    "tenant_first_name": "Zoé",
    "address": ["3 RUE DES LILAS", "35000 RENNES"],
    "commune_insee": "35238",
}
MISSING = {"kind": "missing_tenant", "user_number": USER_NUMBER, "housing_type": "private", "tenant": TENANT}
ANSWERED = "declaration.report_answered.v1"


@pytest.fixture
def opened(world: Any) -> Any:
    world.register({}, {**PERSON, "dwelling_ref": "L-5", "tenant_number": "5555555E"})
    world.open_campaign()
    return world


def gone(world: Any, headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    declaration = world.declarations(headers)[0]["id"]
    return {"kind": "no_longer_mine", "declaration_id": declaration, "happened_on": "2026-03-31", **changes}


def test_reports_are_of_those_who_have_the_right_and_answers_of_the_caf(opened: Any) -> None:
    mine = opened.grant(ids.new_id(), ("private", "35"))
    report = opened.post("/tenant-reports", mine, gone(opened, mine)).json()
    path = f"/tenant-reports/{report['id']}"
    elsewhere = opened.grant(ids.new_id(), ("private", "22"))
    other_landlord = opened.grant(
        ids.new_id(), ("private", "FR"), organisation_id=ids.organisation_id(user_number=PERSON["user_number"])
    )
    for stranger in (elsewhere, other_landlord, opened.agent("220")):
        assert opened.get(path, stranger).status_code == 404
        assert opened.get("/tenant-reports", stranger).json()["total"] == 0
    assert opened.post("/tenant-reports", elsewhere, gone(opened, mine)).status_code == 404
    assert opened.post("/tenant-reports", elsewhere, MISSING).status_code == 422
    assert opened.post("/tenant-reports", other_landlord, MISSING).status_code == 422
    assert opened.post("/tenant-reports", opened.agent(), MISSING).status_code == 403
    for body in ({}, {"outcome": "accept"}):
        action = "answer" if body else "handling"
        assert opened.post(f"{path}/{action}", {}, body or None).status_code == 401
        assert opened.post(f"{path}/{action}", mine, body or None).status_code == 403
        assert opened.post(f"{path}/{action}", opened.agent("220"), body or None).status_code == 404


def test_a_tenant_who_is_not_in_the_list_is_reported_taken_and_answered(opened: Any) -> None:
    mine, agent = opened.landlord(), opened.agent()
    sent = opened.post("/tenant-reports", mine, {**MISSING, "comment": "Entrée le 1er mars"})
    assert sent.status_code == 201, sent.text
    assert (sent.json()["state"], sent.json()["number"][0]) == ("received", "S")
    path = f"/tenant-reports/{sent.json()['id']}"
    assert opened.get("/tenant-reports", agent, state="received").json()["total"] == 1
    assert opened.post(f"{path}/handling", agent).json()["state"] == "in_progress"
    answered = opened.post(f"{path}/answer", agent, {"outcome": "accept", "answer": "Ajoutée à votre liste."})
    assert answered.status_code == 200, answered.text
    found = opened.get(path, mine).json()
    assert (found["state"], found["answer"]) == ("accepted", "Ajoutée à votre liste.")
    (event,) = opened.harness.published(ANSWERED)
    assert (event.data["outcome"], event.personal["answer"]) == ("accepted", "Ajoutée à votre liste.")
    assert "Ajoutée" not in str(event.data)
    states = [(row["from_state"], row["to_state"]) for row in opened.harness.rows("report_transition")]
    assert states == [(None, "received"), ("received", "in_progress"), ("in_progress", "accepted")]
    assert opened.post(f"{path}/answer", agent, {"outcome": "refuse", "answer": "Non"}).status_code == 409


def test_the_same_thing_reported_twice_is_one_report_until_the_caf_has_settled_it(opened: Any) -> None:
    mine, agent = opened.landlord(), opened.agent()
    first = opened.post("/tenant-reports", mine, MISSING)
    spelt = {**TENANT, "tenant_last_name": "EVRARD", "address": ["3, rue des Lilas", "35000 Rennes"]}
    again = opened.post("/tenant-reports", mine, {**MISSING, "tenant": spelt})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    refusal = {"outcome": "refuse", "answer": "Pas allocataire"}
    assert opened.post(f"/tenant-reports/{first.json()['id']}/answer", agent, refusal).status_code == 200
    assert opened.post("/tenant-reports", mine, MISSING).status_code == 201
    assert opened.get("/tenant-reports", mine).json()["total"] == 2


def test_a_colleague_s_report_of_another_group_is_not_given_back(opened: Any) -> None:
    everything, limited = opened.landlord(), opened.grant(ids.new_id(), ("private", "35"))
    hidden = {**MISSING, "housing_type": "conventioned", "comment": "Le gardien, logé par nous"}
    first = opened.post("/tenant-reports", everything, hidden)
    elsewhere = {**MISSING, "tenant": {**TENANT, "commune_insee": "22278"}}
    assert (first.status_code, opened.post("/tenant-reports", everything, elsewhere).status_code) == (201, 201)
    assert opened.get("/tenant-reports", limited).json()["total"] == 0
    own = opened.post("/tenant-reports", limited, MISSING)
    assert (own.status_code, own.json()["comment"], own.json()["housing_type"]) == (201, "", "private")
    assert own.json()["number"] != first.json()["number"]
    assert opened.post("/tenant-reports", everything, hidden).json() == first.json()
    assert opened.get("/tenant-reports", limited).json()["total"] == 1


def test_a_tenant_who_is_no_longer_theirs_stays_in_the_list_with_the_report(opened: Any) -> None:
    mine = opened.landlord()
    body = gone(opened, mine, comment="Logement vendu")
    for day in (None, "2999-01-01"):
        assert opened.post("/tenant-reports", mine, {**body, "happened_on": day}).status_code == 422
    report = opened.post("/tenant-reports", mine, body).json()
    assert report["tenant"] == {"last_name": "DEUJOURS", "first_name": "Adam"}
    assert opened.declarations(mine)[0]["status"] == "to_declare"
    of_it = opened.get("/tenant-reports", mine, declaration=body["declaration_id"]).json()
    assert [item["number"] for item in of_it["items"]] == [report["number"]]


def test_what_is_missing_in_a_report_is_said_field_by_field(opened: Any) -> None:
    refused = opened.post("/tenant-reports", opened.landlord(), {**MISSING, "tenant": {"commune_insee": "99999"}})
    assert refused.status_code == 422
    pointers = {error["pointer"] for error in refused.json()["errors"]}
    assert pointers == {"/tenant/tenant_last_name", "/tenant/address", "/tenant/commune_insee"}


def test_pages_of_reports_hold_each_once(opened: Any) -> None:
    mine = opened.landlord()
    for rank in range(5):
        tenant = {**TENANT, "tenant_last_name": f"NOM {rank}"}
        assert opened.post("/tenant-reports", mine, {**MISSING, "tenant": tenant}).status_code == 201
    for headers in (mine, opened.agent()):
        seen, cursor = [], ""
        while cursor is not None:
            page = opened.get("/tenant-reports", headers, limit=2, **({"cursor": cursor} if cursor else {})).json()
            seen += [item["number"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("act", list(Trigger))
def test_the_table_of_reports_settles_once(state: State, act: Trigger) -> None:
    if (state, act) in TRANSITIONS:
        assert advance(state, act, "Parce que") is TRANSITIONS[state, act]
    else:
        with pytest.raises(Conflict):
            advance(state, act, "Parce que")


def test_a_refusal_says_why() -> None:
    with pytest.raises(Invalid):
        advance(State.RECEIVED, Trigger.REFUSE, "  ")
