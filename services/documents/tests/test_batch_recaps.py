"""The receipt of declarations transmitted together: made once, for who may see all of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pdf_reading as read
import pytest
from chassis import clock, ids
from chassis.testing.harness import load_schema
from documents.app import service
from documents.models import BatchDocument
from documents.rendering.letters import Letter, render_letter
from documents_world import BASE, ORGANISATION
from sqlalchemy import update

LOT = str(ids.new_id())
READY = "documents.lot_recap_ready.v1"
OTHER = ids.organisation_id(siret="44306184100047")


def transmit(world: Any, lines: int = 2) -> None:
    schema = json.loads(
        (service.resource("events").parents[1] / "declaration" / "events" / "lot_transmitted.v1.json").read_text()
    )
    example = schema["examples"][0]
    scopes = [
        {"housing_type": "private", "departement": "35", "commune": "35238"},
        {"housing_type": "conventioned", "departement": "35", "commune": "35047"},
    ]
    data = {**example["data"], "lot_id": LOT, "organisation_id": str(ORGANISATION), "scopes": scopes}
    line = example["personal"]["lines"][0]
    many = [{**line, "tenant": f"N{rank} Adam", "late": rank == 1} for rank in range(lines)]
    personal = {**example["personal"], "lines": many}
    world.harness.deliver("declaration.lot_transmitted.v1", {**data, "declarations": lines}, personal)


def get(world: Any, headers: dict[str, str], path: str = "") -> Any:
    return world.harness.client.get(f"{BASE}/lots/{LOT}{path}", headers=headers)


def person(world: Any, *scopes: tuple[str, str], **more: Any) -> dict[str, str]:
    account, organisation = ids.new_id(), more.get("organisation_id", ORGANISATION)
    data = {
        "account_id": str(account),
        "organisation_id": str(organisation),
        "role": "user",
        "scopes": [{"housing_type": kind, "zone": zone} for kind, zone in scopes],
        "active": more.get("active", True),
        "version": 1,
    }
    world.harness.deliver("habilitation.access_changed.v1", data)
    headers: dict[str, str] = world.harness.headers(sub=account, org=organisation)
    return headers


def test_who_may_not_see_all_of_a_lot_sees_nothing_of_it(world: Any) -> None:
    transmit(world)
    strangers = (
        person(world, ("private", "FR")),
        person(world, ("private", "35238"), ("conventioned", "75")),
        person(world, ("private", "FR"), ("conventioned", "FR"), organisation_id=OTHER),
        world.harness.headers(kind="agent", caf="359"),
        world.harness.headers(kind="agent", supervisor=True),
    )
    for headers in strangers:
        assert get(world, headers).status_code == get(world, headers, "/content").status_code == 404
    stopped = person(world, ("private", "FR"), ("conventioned", "FR"), active=False)
    assert get(world, stopped).status_code == get(world, stopped, "/content").status_code == 403


@pytest.mark.parametrize(
    "scopes", [(("private", "FR"), ("conventioned", "35")), (("private", "35238"), ("conventioned", "35047"))]
)
def test_who_may_see_all_of_it_downloads_it_and_it_is_not_kept_on_the_way(world: Any, scopes: Any) -> None:
    transmit(world)
    headers = person(world, *scopes)
    shown = get(world, headers).json()
    assert (shown["declarations"], shown["available"]) == (2, True)
    answer = get(world, headers, "/content")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["cache-control"] == "no-store"


def test_it_lists_each_declaration_with_its_reference_and_instant(world: Any) -> None:
    transmit(world)
    transmit(world)
    assert len(world.harness.rows("lot_document")) == 1
    [ready] = world.harness.published(READY)
    assert (ready.data["lot_id"], ready.data["caf_code"]) == (LOT, "359")
    text = read.words(get(world, person(world, ("private", "FR"), ("conventioned", "FR")), "/content").content)
    for words in (
        "N0 Adam",
        "N1 Adam",
        "R26-8K3M-W2QT-5YBN-0XCD",
        "hors délai",
        "512,30",
        "REGIE DES LICES",
        "L. 112-11",
    ):
        assert words in text


def test_it_meets_every_rule_of_pdf_ua_1_and_pdf_a_3a_over_several_sheets(world: Any) -> None:
    transmit(world, lines=60)
    assert world.harness.rows("lot_document")[0]["pages"] > 1
    assert read.unmet(get(world, person(world, ("private", "FR"), ("conventioned", "FR")), "/content").content) == []


def test_a_lot_of_a_thousand_is_one_document(world: Any) -> None:
    transmit(world, lines=1_000)
    [row] = world.harness.rows("lot_document")
    assert row["pages"] > 20


def test_its_content_goes_at_the_end_of_its_retention_and_410_says_so(world: Any) -> None:
    transmit(world)
    headers = person(world, ("private", "FR"), ("conventioned", "FR"))
    with world.harness.transaction() as session:
        session.execute(update(BatchDocument).values(kept_until=clock.now()))
    world.harness.run_job("purge documents")
    assert get(world, headers, "/content").status_code == 410
    assert get(world, headers).json()["available"] is False


def test_the_event_example_is_what_is_published(world: Any) -> None:
    transmit(world)
    [ready] = world.harness.published(READY)
    assert set(load_schema(service, READY)["examples"][0]["data"]) == set(ready.data)


def test_its_letter_says_how_many_and_under_which_reference() -> None:
    variables = {"reference": "L26-8K3M-W2QT-5YBN-0XCD", "declarations": 500, "year": 2026}
    letter = Letter(
        template="lot_receipt",
        recipient={"name": "SCI Les Tilleuls", "address": ["12 RUE DE LA CALENDE", "76000 ROUEN"]},
        variables={**variables, "transmitted_at": "2026-09-02T08:15:00Z", "portal_url": "https://bailleurs.example"},
        written_at=datetime(2026, 9, 2, tzinfo=UTC),
        public_url="https://bailleurs.example",
    )
    text = read.words(render_letter(letter).pdf)
    assert "500 déclarations" in text.replace("\u00a0", " ")
    assert "L26-8K3M-W2QT-5YBN-0XCD" in text
