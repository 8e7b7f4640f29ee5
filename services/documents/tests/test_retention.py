"""How long a receipt stays, and what remains of it."""

from datetime import UTC, datetime
from typing import Any

from chassis.storage import Storage
from chassis.testing import schema
from documents import retention
from documents.models import DeclarationDocument
from sqlalchemy import update


def expire(world: Any, version: int) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with world.harness.transaction() as session:
        session.execute(
            update(DeclarationDocument).where(DeclarationDocument.version == version).values(kept_until=past)
        )


def test_only_receipts_past_their_date_are_purged_and_the_journal_says_why(world: Any) -> None:
    world.transmit()
    world.transmit(version=2, reference="R26-0000-0000-0000-0002")
    expire(world, 1)
    retention.purge(world.harness.runtime)
    storage = Storage(world.harness.runtime.settings.storage_url)
    rows = {row["version"]: row for row in world.harness.rows("document")}
    assert [rows[1]["purged_at"] is None, rows[2]["purged_at"] is None] == [False, True]
    assert [storage.exists(rows[version]["storage_key"]) for version in (1, 2)] == [False, True]
    [line] = world.harness.rows("journal")
    assert (line["action"], line["subject"]) == ("document.purged", str(rows[1]["id"]))
    assert line["reason"]


def test_purging_twice_writes_one_line(world: Any) -> None:
    world.transmit()
    expire(world, 1)
    retention.purge(world.harness.runtime)
    retention.purge(world.harness.runtime)
    assert len(world.harness.rows("journal")) == 1


def test_the_migrated_database_is_what_the_models_say(world: Any) -> None:
    assert schema.differences(world.harness.runtime) == []
