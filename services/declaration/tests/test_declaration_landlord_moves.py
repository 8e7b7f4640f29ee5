"""What no file does to a landlord: company or person changed by an agent, Caf by a supervisor, with a reason."""

from typing import Any

import pytest
from chassis import clock, ids
from declaration_cases import LINE

OTHER = "44306184100047"
REASON = "SIRET saisi par erreur dans le registre"
PERSON = {"civility": "Mme", "last_name": "MARTIN", "first_name": "Zoé"}


def landlord(world: Any) -> dict[str, Any]:
    [row] = [row for row in world.harness.rows("landlord") if row["user_number"] == LINE["user_number"]]
    return dict(row)


def act(world: Any, what: str, headers: dict[str, str], **changes: Any) -> Any:
    bodies = {
        "company": {"siret": OTHER, "name": "SCI AUTRE"},
        "natural-person": PERSON,
        "caf": {"caf_code": "569"},
    }
    known = landlord(world)
    body = {**bodies[what], "reason": REASON, "version": known["version"], **changes}
    return world.post(f"/landlords/{known['id']}/{what}", headers, body)


def told(world: Any) -> list[Any]:
    world.harness.run_job("publish the portfolio")
    return list(world.harness.published("registry.landlord_registered.v1"))


@pytest.fixture
def filed(world: Any) -> Any:
    """Two tenants of one landlord in an open campaign, one of them begun."""
    world.hand_over({}, {"dwelling_ref": "L-2", "tenant_number": "7654321B"})
    world.open_campaign()
    holder = world.landlord()
    first = world.declarations(holder)[0]
    etag = world.get(f"/declarations/{first['id']}", holder).headers["etag"]
    situation = {"present": True, "co_tenants": 1, "rent_up_to_date": True}
    saved = world.put(f"/declarations/{first['id']}/draft", holder, {"situation": situation}, **{"If-Match": etag})
    assert saved.status_code == 200, saved.text
    return world


def test_an_agent_reads_what_would_move_and_another_caf_nothing(filed: Any) -> None:
    path = f"/landlords/{landlord(filed)['id']}"
    shown = filed.get(path, filed.agent()).json()
    assert shown["holds"] == {"dwellings": 2, "tenancies": 2, "drafts": 1, "transmitted": 0}
    assert (shown["siret"], shown["caf_code"], shown["version"]) == (LINE["siret"], "359", 1)
    assert filed.get(path, filed.agent("569")).status_code == 404
    assert filed.get(path, filed.landlord()).status_code == 403
    assert filed.get(path, filed.agent("569", supervisor=True)).status_code == 200


def test_who_may_not_moves_nobody(filed: Any) -> None:
    before = landlord(filed)
    assert act(filed, "company", filed.agent("569")).status_code == 404
    assert act(filed, "company", filed.landlord()).status_code == 403
    assert act(filed, "natural-person", filed.agent("569")).status_code == 404
    assert act(filed, "natural-person", filed.landlord()).status_code == 403
    for headers in (filed.agent("569"), filed.agent(), filed.landlord()):
        assert act(filed, "caf", headers).status_code == 403
    assert landlord(filed) == before


@pytest.mark.parametrize(
    ("what", "changes", "status"),
    [
        ("company", {"siret": "44306184100048"}, 422),
        ("company", {"siret": LINE["siret"]}, 409),
        ("company", {"name": " "}, 422),
        ("company", {"version": 7}, 409),
        ("company", {"reason": "court"}, 400),
        ("natural-person", {"civility": "Dr"}, 422),
        ("natural-person", {"last_name": " "}, 422),
        ("natural-person", {"version": 7}, 409),
        ("natural-person", {"reason": "court"}, 400),
        ("caf", {"caf_code": "359"}, 409),
        ("caf", {"caf_code": "5A9"}, 400),
        ("caf", {"version": 7}, 409),
    ],
)
def test_what_cannot_be_moved_says_why(filed: Any, what: str, changes: dict[str, Any], status: int) -> None:
    before = landlord(filed)
    answer = act(filed, what, filed.agent(supervisor=True), **changes)
    assert answer.status_code == status, answer.text
    assert landlord(filed) == before


def test_the_declarations_follow_a_landlord_to_its_other_company(filed: Any) -> None:
    former, joined = filed.landlord(), ids.organisation_id(siret=OTHER)
    latter = filed.grant(ids.new_id(), ("private", "FR"), organisation_id=joined)
    assert (len(filed.declarations(former)), len(filed.declarations(latter))) == (2, 0)
    moved = act(filed, "company", filed.agent())
    assert (moved.status_code, moved.json()["siret"], moved.json()["version"]) == (200, OTHER, 2)
    assert (len(filed.declarations(former)), len(filed.declarations(latter))) == (0, 2)
    event = told(filed)[-1]
    assert (event.data["organisation_id"], event.data["moves"], event.personal["name"]) == (str(joined), 1, "SCI AUTRE")
    scopes = {
        event.data["organisation_id"]: event.data["scopes"]
        for event in filed.harness.published("registry.portfolio_changed.v1")
    }
    assert scopes[str(filed.organisation_id)] == []
    assert [scope["departement"] for scope in scopes[str(joined)]] == ["35"]
    [line] = [row for row in filed.harness.rows("journal") if row["action"] == "landlord.company_changed"]
    assert (line["reason"], line["before"]["siret"], line["after"]["siret"]) == (REASON, LINE["siret"], OTHER)
    assert line["after"]["dwellings"] == 2
    # From now on files say the new one, and the old one is an error.
    assert filed.hand_over({"siret": OTHER, "landlord_name": "SCI AUTRE"})[1] == []
    assert filed.hand_over({})[1] == [(2, "siret")]


@pytest.mark.parametrize("first_name", ["Zoé", "", None])
def test_a_company_becomes_a_person_who_alone_sees_what_is_theirs_and_back(filed: Any, first_name: str | None) -> None:
    former, alone = filed.landlord(), ids.organisation_id(user_number=LINE["user_number"])
    person = filed.grant(ids.new_id(), ("private", "FR"), organisation_id=alone)
    made = act(filed, "natural-person", filed.agent(), first_name=first_name)
    shown = {name: made.json()[name] for name in ("kind", "siret", "name", "version")}
    name = "Mme Zoé MARTIN" if first_name else "Mme MARTIN"
    assert shown == {"kind": "natural_person", "siret": None, "name": name, "version": 2}
    assert (len(filed.declarations(former)), len(filed.declarations(person))) == (0, 2)
    event = told(filed)[-1]
    assert (event.data["organisation_id"], event.data["kind"], event.data["moves"]) == (str(alone), "natural_person", 1)
    assert {field: event.personal[field] for field in PERSON} == {**PERSON, "first_name": first_name or None}
    [line] = [row for row in filed.harness.rows("journal") if row["action"] == "landlord.person_made"]
    assert (line["reason"], line["before"]["siret"], line["after"]["siret"]) == (REASON, LINE["siret"], None)
    assert line["after"]["tenancies"] == 2
    again = act(filed, "natural-person", filed.agent())
    assert (again.status_code, "déjà une personne physique" in again.json()["detail"]) == (409, True)
    # From now on files say the person, and the company is an error.
    as_person = {**PERSON, "landlord_kind": "natural_person", "siret": "", "landlord_name": ""}
    assert filed.hand_over({**as_person, "first_name": first_name or ""})[1] == []
    assert {column for _, column in filed.hand_over({})[1]} >= {"landlord_kind"}
    back = act(filed, "company", filed.agent(), siret=LINE["siret"], name=LINE["landlord_name"])
    assert (back.status_code, back.json()["kind"], back.json()["siret"]) == (200, "legal_person", LINE["siret"])
    assert (len(filed.declarations(former)), len(filed.declarations(person))) == (2, 0)
    assert landlord(filed)["moves"] == 2


def test_every_wrong_name_is_told_at_its_field(filed: Any) -> None:
    answer = act(filed, "natural-person", filed.agent(), civility="Dr", last_name="X" * 101)
    assert answer.status_code == 400
    answer = act(filed, "natural-person", filed.agent(), civility="Dr", last_name="\u00a0")
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/civility", "/last_name"}


def test_a_supervisor_hands_a_landlord_to_another_caf(filed: Any) -> None:
    moved = act(filed, "caf", filed.agent("220", supervisor=True))
    assert (moved.status_code, moved.json()["caf_code"]) == (200, "569")
    event = told(filed)[-1]
    assert (event.data["caf_code"], event.data["moves"], event.data["version"]) == ("569", 1, 2)
    [line] = [row for row in filed.harness.rows("journal") if row["action"] == "landlord.caf_changed"]
    assert (line["reason"], line["before"], line["after"]["caf_code"]) == (REASON, {"caf_code": "359"}, "569")
    # The number is the other Caf's now.
    assert filed.hand_over({})[1] == [(2, "user_number")]
    new = {"caf_code": "569", "dwelling_ref": "L-3", "tenant_number": "7654322C"}
    assert filed.hand_over({"caf_code": "569"}, new, caf="569")[1] == []
    # What was asked stays where it was asked: nobody is asked twice for one July.
    filed.open_campaign("569")
    assert sorted(row["caf_code"] for row in filed.harness.rows("rent_declaration")) == ["359", "359", "569"]
    assert clock.today().year == filed.declarations(filed.landlord())[0]["campaign"]


def test_an_act_asked_for_twice_acts_once(filed: Any) -> None:
    agent, known = filed.agent(), landlord(filed)
    body = {"siret": OTHER, "name": "SCI AUTRE", "reason": REASON, "version": known["version"]}
    answers = [
        filed.post(f"/landlords/{known['id']}/company", agent, body, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert landlord(filed)["moves"] == 1
