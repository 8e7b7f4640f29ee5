"""Who was reminded and has finished since: the reminder that has not left is taken back, never that of the others."""

from datetime import timedelta
from typing import Any

import pytest
from chassis import clock, ids
from chassis.testing import contracts
from declaration.models import Campaign, DeclarationRequest
from declaration_cases import INFORMATION, PERSON, RENT, SITUATION
from sqlalchemy import update

WITHDRAWN = "declaration.reminder_withdrawn.v1"
STEPS = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}


def lot(number: int, **changes: str) -> dict[str, str]:
    return {"dwelling_ref": f"L-{number:04}", "tenant_number": f"{1_000_000 + number}A", **changes}


@pytest.fixture
def reminded(world: Any) -> Any:
    """A landlord with two tenants and another with one, all reminded today."""
    world.register({}, lot(2), {**PERSON, **lot(3)})
    world.open_campaign()
    remind(world)
    return world


def remind(world: Any) -> None:
    with world.harness.transaction() as session:
        session.execute(update(Campaign).values(reminders=[clock.today().isoformat()]))
        session.execute(update(DeclarationRequest).values(asked_at=clock.now() - timedelta(days=30)))
    world.harness.run_job("remind landlords")


def transmit(world: Any, headers: dict[str, str], item: dict[str, Any]) -> None:
    path = f"/declarations/{item['id']}"
    etag = world.get(path, headers).headers["etag"]
    saved = world.put(f"{path}/draft", headers, STEPS, **{"If-Match": etag})
    sent = world.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]})
    assert sent.status_code == 201, sent.text
    receipt(world, item["id"], sent.json()["version"], sent.json()["reference"])


def receipt(world: Any, declaration_id: str, version: int, reference: str) -> None:
    """Documents has made the receipt of what was transmitted."""
    data = {
        "declaration_id": declaration_id,
        "version": version,
        "document_id": str(ids.new_id()),
        "reference": reference,
        "organisation_id": str(world.organisation_id),
        "caf_code": "359",
        "campaign_year": clock.today().year,
        "transmitted_at": clock.iso(clock.now()),
        "sha256": "0" * 64,
        "pages": 2,
        "size": 40_000,
        "declarant_account_id": None,
    }
    recipient = {"name": "REGIE DES LICES", "email": None, "address": ["35000 RENNES"]}
    told = contracts.example("documents.recap_ready.v1")["personal"]
    world.harness.deliver("documents.recap_ready.v1", data, {**told, "recipient": recipient})


def told(world: Any) -> list[str]:
    return [event.data["user_number"] for event in world.harness.published(WITHDRAWN)]


def test_a_reminder_is_taken_back_when_the_last_declaration_is_transmitted_and_not_before(reminded: Any) -> None:
    headers = reminded.landlord()
    first, second = reminded.declarations(headers, status="to_declare")
    transmit(reminded, headers, first)
    assert told(reminded) == []
    transmit(reminded, headers, second)
    (event,) = reminded.harness.published(WITHDRAWN)
    assert event.data["user_number"] == "35900007090001"
    assert event.data["reminder_on"] == clock.today().isoformat()


def test_who_was_never_reminded_has_nothing_to_take_back(world: Any) -> None:
    world.register({})
    world.open_campaign()
    headers = world.landlord()
    (only,) = world.declarations(headers)
    transmit(world, headers, only)
    assert told(world) == []


def test_a_lease_that_the_caf_corrects_finishes_who_had_nothing_else_left(reminded: Any, year: int) -> None:
    gone = f"{year}-06-30"
    reminded.register({}, lot(2, lease_end=gone), {**PERSON, **lot(3)})
    assert told(reminded) == []
    reminded.register({}, lot(2, lease_end=gone), {**PERSON, **lot(3, lease_end=gone)})
    assert told(reminded) == [PERSON["user_number"]]
    reminded.register({}, lot(2, lease_end=gone), {**PERSON, **lot(3, lease_end=gone)})
    assert len(told(reminded)) == 1


def test_a_correction_given_up_finishes_too(world: Any) -> None:
    world.register({})
    world.open_campaign()
    headers = world.landlord()
    (only,) = world.declarations(headers)
    transmit(world, headers, only)
    path = f"/declarations/{only['id']}"
    assert world.post(f"{path}/amendments", headers, {"reason": "Erreur"}).status_code == 201
    remind(world)
    assert told(world) == []
    etag = world.get(path, headers).headers["etag"]
    assert world.post(f"{path}/abandonment", headers, **{"If-Match": etag}).status_code == 200
    assert len(told(world)) == 1


def test_who_was_looked_at_on_a_day_of_reminder_and_not_written_to_has_nothing_to_take_back(world: Any) -> None:
    world.register({})
    world.open_campaign()
    with world.harness.transaction() as session:
        # Asked today, like everybody: too early for a reminder of today.
        session.execute(update(Campaign).values(reminders=[clock.today().isoformat()]))
    world.harness.run_job("remind landlords")
    headers = world.landlord()
    (item,) = world.get("/declarations", headers).json()["items"]
    transmit(world, headers, item)
    assert told(world) == []
