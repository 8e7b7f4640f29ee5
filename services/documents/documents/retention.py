"""The end of a receipt's retention: the content goes, the row stays to say so, the journal tells why."""

from chassis import clock, journal
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from documents import domain
from documents.models import Document

BATCH = 200


def purge(runtime: Runtime) -> None:
    """Takes receipts past their date, a batch at a time; several workers never take the same one."""
    storage = Storage(runtime.settings.storage_url)
    while _purge_batch(runtime, storage) == BATCH:
        pass


def _purge_batch(runtime: Runtime, storage: Storage) -> int:
    with runtime.transaction() as session:
        due = (
            select(Document)
            .where(Document.kept_until <= clock.now(), Document.purged_at.is_(None))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        documents = session.execute(due).scalars().all()
        for document in documents:
            document.purged_at = clock.now()
            session.flush()
            _erase(session, storage, document)
    return len(documents)


def _erase(session: Session, storage: Storage, document: Document) -> None:
    shared = exists().where(Document.content_sha256 == document.content_sha256, Document.purged_at.is_(None))
    if not session.execute(select(shared)).scalar_one():
        storage.delete(document.storage_key)
    journal.record(
        session,
        actor="documents",
        action="document.purged",
        subject=document.id,
        perimeter=document.organisation_id,
        before={"sha256": document.sha256, "content_sha256": document.content_sha256},
        reason=domain.PURGED_REASON,
    )
