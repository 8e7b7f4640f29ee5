"""Taking a registry file in: kept in storage, one row that says so; nothing of it is read yet."""

from typing import IO
from uuid import UUID

from chassis import clock, journal
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage import Storage

from declaration import leasing, uploads
from declaration.models import RegistryImport
from declaration.registry.leases import Status
from declaration.settings import own

EXAMPLE = "registre-359.csv"


def receive(
    runtime: Runtime,
    stream: IO[bytes],
    filename: str,
    *,
    caf_code: str | None,
    sent_by: str,
    worker: UUID | None = None,
) -> UUID:
    """Keeps the file and its row; `worker` reads it itself at once. Raises Invalid when it is empty or too large."""
    import_id, now = new_id(), clock.now()
    key = f"registry/{import_id}.csv"
    storage = Storage(runtime.settings.storage_url)
    digest = uploads.keep(stream, storage, key, most=own(runtime.settings).registry_max_bytes, example=EXAMPLE)
    row = RegistryImport(
        id=import_id,
        filename=uploads.shown_name(filename, "registre.csv"),
        storage_key=key,
        sha256=digest,
        caf_code=caf_code,
        sent_by=sent_by,
        status=Status.RUNNING if worker else Status.RECEIVED,
        **leasing.taken(worker),
        unknown_columns=[],
        received_at=now,
        started_at=now if worker else None,
    )
    with runtime.transaction() as session:
        session.add(row)
        after = {"sha256": digest}
        journal.record(
            session, actor=sent_by, action="registry.received", subject=import_id, perimeter=caf_code or "", after=after
        )
    return import_id
