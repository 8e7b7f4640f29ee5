"""What is left to declare, and until when: within the caller's perimeter, while the campaign takes declarations."""

from datetime import date
from typing import Any

import pytest
from chassis import clock, ids
from declaration_cases import INFORMATION, RENT, SITUATION

DATES = {"opens_on": "2026-07-01", "deadline": "2026-11-15", "cut_off": "2027-01-15"}


@pytest.fixture
def opened(world: Any, monkeypatch: Any) -> Any:
    """Three tenants in Rennes, one in Dinan."""
    monkeypatch.setattr(clock, "today", lambda: date(2026, 9, 1))
    world.register(*({"dwelling_ref": f"L-{rank}", "tenant_number": f"{rank:07}A", **place} for rank, place in PLACES))
    assert world.post("/campaigns", world.agent(), {"year": 2026, **DATES}).status_code == 201
    assert world.post("/campaigns/2026/opening", world.agent()).status_code == 200
    return world


PLACES = list(enumerate([{}, {}, {"lease_start": "2026-08-15"}, {"commune_insee": "22050"}]))


def left(world: Any, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = world.get("/declarations/remaining", headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def counts(world: Any, headers: dict[str, str]) -> list[tuple[int, int]]:
    return [(item["to_declare"], item["to_answer"]) for item in left(world, headers)]


def transmit(world: Any, headers: dict[str, str]) -> None:
    path = f"/declarations/{world.declarations(headers, status='to_declare')[0]['id']}"
    etag = world.get(path, headers).headers["etag"]
    steps = {"information": INFORMATION, "situation": SITUATION, "rent": {**RENT, "rent": "415"}}
    saved = world.put(f"{path}/draft", headers, steps, **{"If-Match": etag})
    asked = {check["code"]: "" for check in saved.json()["checks"]["to_confirm"]}
    saved = world.put(f"{path}/draft", headers, {"confirmations": asked}, **{"If-Match": saved.headers["etag"]})
    assert world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]}).status_code == 201


def test_nobody_is_told_of_what_is_outside_their_perimeter(opened: Any) -> None:
    assert opened.get("/declarations/remaining", {}).status_code == 401
    for outside in (opened.harness.headers(sub=ids.new_id(), org=opened.organisation_id), opened.agent("220")):
        assert left(opened, outside) == []
    assert counts(opened, opened.grant(ids.new_id(), ("private", "22"))) == [(1, 0)]
    assert counts(opened, opened.grant(ids.new_id(), ("conventioned", "FR"))) == []


def test_what_is_begun_counts_and_what_is_transmitted_or_without_a_july_rent_does_not(opened: Any) -> None:
    headers = opened.landlord()
    assert counts(opened, headers) == [(3, 0)]
    path = f"/declarations/{opened.declarations(headers, status='to_declare')[0]['id']}"
    begun = opened.put(f"{path}/draft", headers, {"situation": SITUATION}, **{"If-Match": '"1"'})
    assert begun.status_code == 200, begun.text
    assert counts(opened, headers) == [(3, 0)]
    transmit(opened, headers)
    assert counts(opened, headers) == [(2, 0)]


def test_the_dates_are_told_and_after_the_last_day_there_is_nothing_to_do(opened: Any, monkeypatch: Any) -> None:
    headers = opened.landlord()
    (item,) = left(opened, headers)
    assert {name: item[name] for name in ("campaign", "caf_code", "deadline", "cut_off", "late")} == {
        "campaign": 2026,
        "caf_code": "359",
        "deadline": "2026-11-15",
        "cut_off": "2027-01-15",
        "late": False,
    }
    for day, late in ((date(2026, 11, 15), [False]), (date(2026, 11, 16), [True]), (date(2027, 1, 15), [True])):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        assert [item["late"] for item in left(opened, headers)] == late, day
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 16))
    assert left(opened, headers) == []
