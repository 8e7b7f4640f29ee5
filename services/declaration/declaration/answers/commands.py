"""Receives a file of answers: stores it and inserts one row; the same content is the same import."""

from typing import IO
from uuid import UUID

from chassis import clock, journal
from chassis.db import insert_new
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration import job_lock
from declaration.files import uploads
from declaration.models import AnswerImport
from declaration.registry.states import Status
from declaration.settings import own

EXAMPLE = "reponses-359.csv"


def receive(
    runtime: Runtime, stream: IO[bytes], filename: str, *, caf_code: str, sent_by: str, worker: UUID | None = None
) -> tuple[UUID, bool]:
    """The import and whether it is new; `worker` reads it itself at once. Raises Invalid when empty or too large."""
    import_id = new_id()
    key, storage = f"answers/{import_id}.csv", Storage(runtime.settings.storage_url)
    most = own(runtime.settings).answers_max_bytes
    digest = uploads.keep(stream, storage, key, most=most, example=EXAMPLE)
    values: dict[str, object] = {
        "id": import_id,
        "filename": uploads.shown_name(filename, EXAMPLE),
        "storage_key": key,
        "sha256": digest,
        "caf_code": caf_code,
        "sent_by": sent_by,
        "status": (Status.RUNNING if worker else Status.RECEIVED).value,
        **job_lock.taken(worker),
        "unknown_columns": [],
        "received_at": clock.now(),
    }
    with runtime.transaction() as session:
        new = bool(insert_new(session, AnswerImport, values))
        if new:
            _journal(session, import_id, caf_code, sent_by, digest)
    if new:
        return import_id, True
    # Two agents upload the same file at once: the unique key accepts one and shows that import to the other.
    storage.delete(key)
    return _known(runtime, caf_code, digest), False


def _journal(session: Session, import_id: UUID, caf_code: str, sent_by: str, digest: str) -> None:
    after = {"sha256": digest}
    journal.record(
        session, actor=sent_by, action="answers.received", subject=import_id, perimeter=caf_code, after=after
    )


def _known(runtime: Runtime, caf_code: str, digest: str) -> UUID:
    known = select(AnswerImport.id).where(
        AnswerImport.caf_code == caf_code, AnswerImport.sha256 == digest, AnswerImport.status != Status.REFUSED.value
    )
    with runtime.read_only() as session:
        return session.execute(known).scalar_one()
