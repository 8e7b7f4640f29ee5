"""Purge at the end of a recap's retention: deletes the content, keeps the row, writes the reason to the journal."""

from chassis import clock, journal
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from documents import domain
from documents.models import BatchDocument, DeclarationDocument, Document

BATCH = 200
KINDS: tuple[type[Document], ...] = (DeclarationDocument, BatchDocument)


def purge(runtime: Runtime) -> None:
    """Purges recaps past their date, one batch at a time; two workers never take the same one."""
    storage = Storage(runtime.settings.storage_url)
    for kind in KINDS:
        while _purge_batch(runtime, storage, kind) == BATCH:
            pass


def _purge_batch(runtime: Runtime, storage: Storage, kind: type[Document]) -> int:
    with runtime.transaction() as session:
        due = (
            select(kind)
            .where(kind.kept_until <= clock.now(), kind.purged_at.is_(None))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        documents = session.scalars(due).all()
        for document in documents:
            document.purged_at = clock.now()
            session.flush()
            _erase(session, storage, document)
    return len(documents)


def _erase(session: Session, storage: Storage, document: Document) -> None:
    kind = type(document)
    shared = exists().where(kind.content_sha256 == document.content_sha256, kind.purged_at.is_(None))
    if not session.execute(select(shared)).scalar_one():
        storage.delete(document.storage_key)
    journal.record(
        session,
        actor="documents",
        action="document.purged",
        subject=document.key,
        perimeter=document.organisation_id,
        before={"reference": document.reference, "content_sha256": document.content_sha256},
        reason=domain.PURGED_REASON,
    )
