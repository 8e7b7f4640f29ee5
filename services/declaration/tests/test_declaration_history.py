"""The history of a declaration: who, when, by which channel, why, and field by field what each version changed."""

from typing import Any

import pytest
from chassis import clock, ids
from declaration_cases import INFORMATION, RENT, SITUATION
from declaration_exchange import correct, declare, type_paper


@pytest.fixture
def one(world: Any) -> tuple[Any, dict[str, str], str]:
    world.register({})
    world.open_campaign()
    landlord = world.landlord(("private", "35"))
    return world, landlord, world.declarations(landlord)[0]["id"]


def history(world: Any, headers: dict[str, str], declaration: str) -> dict[str, Any]:
    answer = world.get(f"/declarations/{declaration}/history", headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def test_only_who_sees_the_declaration_reads_its_history(one: Any) -> None:
    world, landlord, declaration = one
    path = f"/declarations/{declaration}/history"
    elsewhere = world.grant(ids.new_id(), ("private", "22"))
    for stranger in (elsewhere, world.agent("220")):
        assert world.get(path, stranger).status_code == 404
    assert world.get(path, {}).status_code == 401
    assert world.get(path, landlord).json()["versions"] == []


def test_each_version_says_who_when_how_why_and_what_it_changed(one: Any) -> None:
    world, landlord, declaration = one
    declare(world, declaration, landlord)
    world.post(f"/declarations/{declaration}/amendments", landlord, {"reason": "Charges oubliées"})
    etag = world.get(f"/declarations/{declaration}", landlord).headers["etag"]
    change = {"rent": {**RENT, "charges": "45"}, "situation": {**SITUATION, "present": False, "left_on": "2026-08-15"}}
    saved = world.put(f"/declarations/{declaration}/draft", landlord, change, **{"If-Match": etag})
    open_now = history(world, landlord, declaration)
    assert [each["to_label"] for each in open_now["passages"] if each["event"] in ("amend", "save")] == [
        *("Rectification en cours", "Brouillon"),
    ]
    assert [row["field"] for row in open_now["correction"]] == [
        "situation/present",
        "situation/left_on",
        "rent/charges",
    ]
    world.post(f"/declarations/{declaration}/transmission", landlord, **{"If-Match": saved.headers["etag"]})
    found = history(world, landlord, declaration)
    two, first = found["versions"]
    assert (two["version"], two["reason"], two["channel"], two["by"]["kind"]) == (2, "Charges oubliées", "web", "you")
    rows = {row["field"]: (row["before"], row["after"]) for row in two["differences"]}
    assert rows == {
        "situation/present": ("oui", "non"),
        "situation/left_on": ("–", "15/08/2026"),
        "rent/charges": ("38,00\u00a0€", "45,00\u00a0€"),
    }
    assert (first["state_label"], first["differences"], found["correction"]) == ("Remplacée", [], [])
    assert [each["event"] for each in found["passages"]] == [
        *("supersede", "transmit", "amend", "transmit", "save", "open"),
    ]
    assert found["passages"][-1]["by"] == {"kind": "caf", "account_id": None}
    of_a_colleague = history(world, world.landlord(), declaration)["versions"][0]["by"]
    assert of_a_colleague == {"kind": "organisation", "account_id": two["by"]["account_id"]}


def test_the_first_version_is_compared_with_what_the_caf_knew(one: Any) -> None:
    world, landlord, declaration = one
    path = f"/declarations/{declaration}"
    etag = world.get(path, landlord).headers["etag"]
    steps = {"information": {**INFORMATION, "single_room": True}, "situation": SITUATION, "rent": RENT}
    saved = world.put(f"{path}/draft", landlord, steps, **{"If-Match": etag})
    world.post(f"{path}/transmission", landlord, **{"If-Match": saved.headers["etag"]})
    (version,) = history(world, landlord, declaration)["versions"]
    assert version["differences"] == [
        {"field": "information/single_room", "label": "Chambre", "before": "non", "after": "oui"}
    ]


def test_paper_stands_with_its_day_and_the_reason_why_it_was_discarded(one: Any) -> None:
    world, landlord, declaration = one
    agent = world.agent()
    type_paper(world, declaration, agent)
    begun = world.post("/papers", agent, {"declaration_id": declaration, "received_on": clock.today().isoformat()})
    path, tag = f"/papers/{begun.json()['id']}/discarding", {"If-Match": begun.headers["etag"]}
    assert world.post(path, agent, {"reason": "Deux fois la même"}, **tag).status_code == 200
    found = history(world, landlord, declaration)
    assert [(each["state"], each["reason"], each["version"]) for each in found["papers"]] == [
        ("discarded", "Deux fois la même", None),
        ("filed", None, 1),
    ]
    (version,) = found["versions"]
    assert (version["channel"], version["by"]["kind"], version["received_on"] is None) == ("paper", "caf", False)
    assert str(agent) not in str(found)
    correct(world, declaration, landlord)
    assert history(world, landlord, declaration)["versions"][0]["channel"] == "web"
