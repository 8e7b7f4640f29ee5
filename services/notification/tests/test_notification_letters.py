"""Letters from the request to the printer's receipt: what the printer may never hold, then what it gets."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
import time_machine
from chassis import clock, ids
from chassis.keys import b64
from chassis.testing.plugin import HarnessFactory
from joserfc import jwe
from joserfc.jwk import ECKey
from notification.app import service
from notification.printing import jobs
from notification_relay import RunningRelay
from notification_world import BASE, DAY, LOGIN, PASSWORD, Data, World


def content(world: World, series: str) -> bytes:
    (batch,) = [row for row in world.harness.rows("letter_batch") if row["series"] == series]
    return world.tray.get(batch["storage_key"])


def acknowledge(world: World, batch: Data, **changes: Any) -> Any:
    receipt = {"letters": batch["letters"], "pages": batch["pages"], **changes}
    return world.harness.client.post(
        f"{BASE}/letter-batches/{batch['id']}/receipt", headers=world.agent(), json=receipt
    )


def test_login_and_password_are_never_in_one_batch_nor_printed_in_one_hour(world: World) -> None:
    world.credentials(email=None)
    world.render_letters()
    ordinary, confidential = sorted(world.make_batches(), key=lambda row: row["series"], reverse=True)
    assert abs(ordinary["print_from"] - confidential["print_from"]).total_seconds() >= 3600
    for series, held, absent in (("ordinary", LOGIN, PASSWORD), ("confidential", PASSWORD, LOGIN)):
        printed = content(world, series).decode("latin-1")
        assert held in printed
        assert absent not in printed


def test_letters_of_two_cafs_are_never_in_one_batch(world: World) -> None:
    world.july(email=None, caf_code="359")
    world.july(email=None, caf_code="220", landlord_id=str(ids.new_id()))
    world.render_letters()
    assert sorted((row["caf_code"], row["letters"]) for row in world.make_batches()) == [("220", 1), ("359", 1)]


def test_a_password_that_died_waiting_is_not_printed(world: World) -> None:
    world.credentials(email=None)
    world.render_letters()
    with time_machine.travel(clock.now() + 31 * DAY):
        assert world.make_batches() == []
    assert set(world.states().values()) == {"expired"}


def test_a_pdf_that_was_altered_is_put_aside_and_the_rest_is_printed(world: World) -> None:
    world.july(email=None)
    world.july(email=None, landlord_id=str(ids.new_id()))
    world.render_letters()
    wrong = world.messages[0]
    world.exchange.put(wrong["storage_key"], b"not what was rendered")
    world.make_batches()
    (batch,) = world.make_batches()
    assert (batch["state"], batch["letters"]) == ("ready", 1)
    assert {row["id"]: (row["state"], row["reason"]) for row in world.messages}[wrong["id"]] == (
        "failed",
        "pdf-unusable",
    )


def test_a_pdf_told_twice_changes_nothing(world: World) -> None:
    world.july(email=None)
    world.render_letters()
    world.make_batches()
    world.render_letters()
    assert len(world.make_batches()) == 1


def test_without_at_once_a_letter_waits_for_the_cutoff_of_a_working_day(
    harness: HarnessFactory, database_url: str, settings: Data, smtp_relay: RunningRelay
) -> None:
    world = World(harness(service, database_url, **{**settings, "letter_batches_at_once": False}), smtp_relay.relay)
    # A Friday at noon in Paris, after the cut-off of ten o'clock.
    with time_machine.travel("2027-07-09T10:00:00Z", tick=False):
        world.july(email=None)
        world.render_letters()
        assert world.make_batches() == []
    with time_machine.travel("2027-07-11T12:00:00Z", tick=False):
        assert world.make_batches() == []
    with time_machine.travel("2027-07-12T08:01:00Z", tick=False):
        (batch,) = world.make_batches()
    assert clock.iso(batch["print_from"]) == "2027-07-13T08:00:00Z"


def test_a_crash_between_choosing_and_writing_makes_the_same_batch_later(world: World) -> None:
    world.july(email=None)
    world.render_letters()
    jobs.choose_letters(world.harness.runtime)
    (planned,) = world.harness.rows("letter_batch")
    assert planned["state"] == "planned"
    (ready,) = world.make_batches()
    assert (ready["id"], ready["state"], ready["letters"]) == (planned["id"], "ready", 1)


def test_where_a_printer_has_a_key_only_the_printer_reads_the_passwords(
    harness: HarnessFactory, database_url: str, settings: Data, smtp_relay: RunningRelay
) -> None:
    key = ECKey.generate_key("P-256")
    public = b64(json.dumps(key.as_dict(private=False)).encode())
    world = World(harness(service, database_url, **{**settings, "printer_public_key": public}), smtp_relay.relay)
    world.credentials(email=None)
    world.render_letters()
    world.make_batches()
    sealed = content(world, "confidential")
    assert PASSWORD.encode() not in sealed
    opened = jwe.decrypt_compact(sealed, key, algorithms=["ECDH-ES+A256KW", "A256GCM"]).plaintext
    assert opened is not None
    assert PASSWORD.encode() in opened


@pytest.mark.parametrize(("changes", "pointer"), [({"letters": 3}, "/letters"), ({"pages": 1}, "/pages")])
def test_a_receipt_whose_totals_differ_is_refused_and_changes_nothing(
    world: World, changes: dict[str, int], pointer: str
) -> None:
    world.july(email=None)
    world.render_letters(pages=2)
    (batch,) = world.make_batches()
    answer = acknowledge(world, batch, **changes)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert world.states() == {"july/letter": "batched"}


def test_a_receipt_that_rejects_a_letter_of_another_batch_is_refused(world: World) -> None:
    world.july(email=None)
    world.render_letters()
    (first,) = world.make_batches()
    [theirs] = [row["id"] for row in world.messages]
    world.july(email=None, landlord_id=str(ids.new_id()))
    world.render_letters()
    [batch] = [row for row in world.make_batches() if row["id"] != first["id"]]
    [own] = [row["id"] for row in world.messages if row["id"] != theirs]
    rejected = [{"message_id": str(each), "reason": "unreadable-pdf"} for each in (own, theirs, ids.new_id())]
    answer = acknowledge(world, batch, rejected=rejected)
    errors = answer.json()["errors"]
    assert (answer.status_code, [error.pop("pointer") for error in errors]) == (
        422,
        ["/rejected/1/message_id", "/rejected/2/message_id"],
    )
    # A letter of another batch is told as one that does not exist.
    assert errors[0] == errors[1]
    assert set(world.states().values()) == {"batched"}


def test_the_receipt_delivers_the_letters_and_erases_every_file(world: World) -> None:
    world.credentials(email=None)
    world.render_letters()
    kept = [row["storage_key"] for row in world.messages]
    batches = world.make_batches()
    for batch in batches:
        assert acknowledge(world, batch).status_code == 200
    world.harness.run_job("erase printed letters")
    assert set(world.states().values()) == {"delivered"}
    assert not any(world.exchange.exists(key) for key in kept)
    assert not any(world.tray.exists(batch["storage_key"]) for batch in batches)
    assert len(world.harness.published("notification.delivered.v1")) == 2
    assert len(world.harness.rows("journal")) == 2


def test_the_same_receipt_twice_changes_nothing(world: World) -> None:
    world.july(email=None)
    world.render_letters()
    (batch,) = world.make_batches()
    first, second = acknowledge(world, batch), acknowledge(world, batch)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert len(world.harness.published("notification.delivered.v1")) == 1


def test_a_letter_that_the_printer_rejects_has_failed_and_is_not_delivered(world: World) -> None:
    world.july(email=None)
    world.render_letters()
    (batch,) = world.make_batches()
    rejected = [{"message_id": str(world.messages[0]["id"]), "reason": "unreadable-pdf"}]
    assert acknowledge(world, batch, rejected=rejected).status_code == 200
    assert (world.messages[0]["state"], world.messages[0]["reason"]) == ("failed", "unreadable-pdf")
    assert world.harness.published("notification.delivered.v1") == []


def test_the_file_of_a_letter_that_is_no_longer_wanted_is_erased_too(world: World) -> None:
    world.credentials(email=None)
    world.credentials(email=None)
    world.render_letters()
    world.harness.run_job("erase printed letters")
    superseded = [row for row in world.messages if row["state"] == "superseded"]
    assert len(superseded) == 2
    for row in superseded:
        assert not world.exchange.exists(f"letters/{row['id']}.jwe")


def test_the_manifest_names_each_letter_by_its_message(world: World) -> None:
    world.july(email=None)
    world.render_letters(pages=3)
    (batch,) = world.make_batches()
    with ZipFile(BytesIO(content(world, "ordinary"))) as opened:
        manifest = json.loads(opened.read("manifest.json"))
    assert manifest["totals"]["pages"] == batch["pages"] == 3
    assert UUID(manifest["letters"][0]["message_id"]) == world.messages[0]["id"]
