"""What the service does with what it hears."""

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pdf_reading as read
import pytest
import time_machine
from chassis import event_schemas, events, ids, inbox, sealing
from chassis.storage import Storage
from chassis.testing.harness import load_schema
from documents.app import service
from documents.domain import SnapshotAltered
from documents.rendering import pango
from documents.rendering.recap import canonical
from documents_world import Data

READY = "documents.recap_ready.v1"
RENDERED = "documents.letter_rendered.v1"
PASSWORD = "kR7m-Wp3x-Hq9t-Zd4b"


def stored(world: Any, key: str) -> bytes:
    return Storage(world.harness.runtime.settings.storage_url).get(key)


def request_letter(world: Any, template: str, secret: dict[str, str] | None = None, **variables: Any) -> str:
    settings = world.harness.runtime.settings
    data = {
        "message_id": str(ids.new_id()),
        "template": template,
        "caf_code": "359",
        "sealed": sealing.seal_for(settings, "documents", secret) if secret else None,
    }
    recipient = {"name": "SCI Les Tilleuls", "address": ["12 RUE DE LA CALENDE", "76000 ROUEN"]}
    world.harness.deliver("notification.letter_requested.v1", data, {"recipient": recipient, "variables": variables})
    return str(data["message_id"])


def test_data_that_are_not_those_of_the_published_hash_make_no_receipt(world: Any) -> None:
    with pytest.raises(AssertionError, match=SnapshotAltered.__name__):
        world.transmit(sha256="0" * 64)
    assert world.harness.rows("document") == []
    assert world.harness.published() == []


def test_a_transmission_becomes_a_stored_receipt_that_is_announced(world: Any) -> None:
    data = world.transmit()
    [row] = world.harness.rows("document")
    pdf = stored(world, row["storage_key"])
    assert hashlib.sha256(pdf).hexdigest() == row["content_sha256"]
    assert row["content_sha256"] in row["storage_key"]
    assert read.codes(pdf) == [f"https://bailleurs.example/v/{data['reference']}"]
    [ready] = world.harness.published(READY)
    assert ready.data["document_id"] == str(row["id"])
    assert ready.data["size"] == len(pdf)
    assert ready.personal["recipient"]["name"] == "SCI Les Tilleuls"
    assert ready.personal["caf"]["telephone"] == "32 30"


def test_a_transmission_told_while_pango_is_missing_is_drawn_once_it_is_there(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as missing:
        missing.setattr(pango, "LIBRARIES", (("libnothing.so.0",),))
        with pytest.raises(AssertionError, match="PangoMissing"):
            world.transmit()
    assert world.harness.rows("document") == []
    [row] = world.harness.rows("inbox")
    assert (row["done_at"], row["dead_at"]) == (None, None)
    with time_machine.travel(row["next_attempt_at"] + timedelta(seconds=1), tick=False):
        inbox.process_due(world.harness.runtime)
    assert len(world.harness.rows("document")) == 1


def test_the_same_version_told_twice_makes_one_receipt(world: Any) -> None:
    world.transmit()
    world.transmit()
    assert len(world.harness.rows("document")) == 1
    assert len(world.harness.published(READY)) == 1


def test_a_correction_makes_a_second_receipt_and_marks_the_first(world: Any) -> None:
    world.transmit()
    world.transmit(version=2, supersedes=1, reference="R26-0000-0000-0000-0002")
    world.supersede()
    headers = world.landlord(("private", "35"))
    items = world.get(f"/documents?declaration={world.declaration_id}", headers).json()["items"]
    assert [(one["version"], one["superseded"]) for one in items] == [(2, False), (1, True)]


def test_a_supersession_may_arrive_before_its_receipt(world: Any) -> None:
    world.supersede()
    world.supersede()
    world.transmit()
    headers = world.landlord(("private", "35"))
    items = world.get(f"/documents?declaration={world.declaration_id}", headers).json()["items"]
    assert [one["superseded"] for one in items] == [True]


def test_a_letter_is_readable_by_notification_alone_and_its_secret_is_nowhere_in_clear(
    world: Any, tmp_path: Path
) -> None:
    message_id = request_letter(world, "provisional_password", {"password": PASSWORD})
    [rendered] = world.harness.published(RENDERED)
    settings = world.harness.runtime.settings
    sealed = Storage(settings.exchange_url).get(rendered.data["storage_key"]).decode()
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(settings, sealed)
    for_notification = service.settings(
        service="notification", environment="test", sealing_private_keys=settings.sealing_private_keys
    )
    pdf = base64.b64decode(sealing.open_sealed(for_notification, sealed)["pdf"])
    assert PASSWORD in read.words(pdf)
    assert rendered.data["sha256"] == hashlib.sha256(pdf).hexdigest()
    assert rendered.data["message_id"] == message_id
    kept = [*(str(row) for table in ("letter", "inbox", "outbox") for row in world.harness.rows(table))]
    assert not any(PASSWORD in text for text in kept)
    assert not any(PASSWORD.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_secret_sealed_for_someone_else_makes_no_letter(world: Any) -> None:
    settings = world.harness.runtime.settings
    data = {
        "message_id": str(ids.new_id()),
        "template": "login",
        "caf_code": None,
        "sealed": sealing.seal_for(settings, "notification", {"login": "BX7K-2M4Q"}),
    }
    personal = {"recipient": {"name": "M. Petit", "address": ["1 RUE A", "35000 RENNES"]}, "variables": {}}
    with pytest.raises(AssertionError, match="SealBroken"):
        world.harness.deliver("notification.letter_requested.v1", data, personal)
    assert world.harness.rows("letter") == []


def test_a_letter_without_a_secret_needs_none(world: Any) -> None:
    at = "2026-07-15T08:00:05Z"
    request_letter(world, "receipt", year=2026, reference="R26-8K3M-W2QT-5YBN-0XCD", transmitted_at=at)
    [rendered] = world.harness.published(RENDERED)
    assert rendered.data["pages"] == 1


@pytest.mark.parametrize("event_type", service.published)
def test_the_example_of_a_published_event_passes_its_own_schema(event_type: str) -> None:
    schema = load_schema(service, event_type)
    for example in schema["examples"]:
        event_schemas.check(service, events.Event(type=event_type, subject="x", source=service.name, **example))


def publisher_example(publisher: str, fact: str) -> Data:
    services = Path(__file__).parents[2]
    schema: Data = json.loads((services / publisher / "events" / f"{fact}.v1.json").read_text())
    example: Data = schema["examples"][0]
    return example


def test_what_the_publishers_give_as_examples_is_understood(world: Any) -> None:
    for publisher, fact in (("notification", "letter_requested"), ("habilitation", "access_changed")):
        example = publisher_example(publisher, fact)
        world.harness.deliver(f"{publisher}.{fact}.v1", example["data"], example.get("personal"))
    transmitted = publisher_example("declaration", "transmitted")
    text = canonical(transmitted["personal"]["snapshot"])
    data = {**transmitted["data"], "sha256": hashlib.sha256(text.encode()).hexdigest()}
    world.harness.deliver("declaration.transmitted.v1", data, transmitted["personal"])
    world.harness.deliver("declaration.superseded.v1", publisher_example("declaration", "superseded")["data"])
    assert {table: len(world.harness.rows(table)) for table in ("letter", "access", "document", "supersession")} == {
        "letter": 1,
        "access": 1,
        "document": 1,
        "supersession": 1,
    }
