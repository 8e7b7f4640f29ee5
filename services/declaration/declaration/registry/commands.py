"""
Receives a registry file: stores it and inserts one row; the file is not read yet.

The same content sent while it waits or is read is the same import; after its end it is a new one: other files may
have changed the portfolio since.
"""

from typing import IO
from uuid import UUID

from chassis import clock, journal
from chassis.alone import alone_until_commit
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration import job_lock
from declaration.files import uploads
from declaration.models import RegistryImport
from declaration.registry.states import UNDER_WAY, Status
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
) -> tuple[UUID, bool]:
    """The import and whether this caller reads it, or it is new; `worker` reads it itself at once.

    Raises Invalid when it is empty or too large.
    """
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
        **job_lock.taken(worker),
        unknown_columns=[],
        received_at=now,
        started_at=now if worker else None,
    )
    with runtime.transaction() as session:
        # Two people send one file at the same time: the second finds the row of the first.
        alone_until_commit(session, f"registry import {caf_code} {digest}")
        known = _under_way(session, caf_code, digest, locked=worker is not None)
        if known is None:
            session.add(row)
            _journal(session, row)
        mine = known is None or _take_over(known, worker)
    if known is None:
        return import_id, True
    storage.delete(key)
    return known.id, mine


def _under_way(session: Session, caf_code: str | None, digest: str, *, locked: bool) -> RegistryImport | None:
    """The import of the same bytes that has not ended yet; `locked` to take it over."""
    same = (RegistryImport.caf_code.is_not_distinct_from(caf_code), RegistryImport.sha256 == digest)
    waiting = RegistryImport.status.in_(UNDER_WAY)
    found = select(RegistryImport).where(*same, waiting).limit(1)
    return session.scalar(found.with_for_update() if locked else found)


def _take_over(known: RegistryImport, worker: UUID | None) -> bool:
    """Whether this worker reads it: nobody else does, or the other worker's lock expired."""
    now = clock.now()
    if worker is None or (known.leased_until is not None and known.leased_until > now):
        return False
    known.status, known.started_at, known.attempts = Status.RUNNING.value, known.started_at or now, known.attempts + 1
    for name, value in job_lock.taken(worker).items():
        setattr(known, name, value)
    return True


def _journal(session: Session, row: RegistryImport) -> None:
    journal.record(
        session,
        actor=row.sent_by,
        action="registry.received",
        subject=row.id,
        perimeter=row.caf_code or "",
        after={"sha256": row.sha256},
    )
