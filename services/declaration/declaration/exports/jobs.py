"""Writes the files of planned batches: one worker per batch, in number order, again after a crash."""

from collections.abc import Callable, Iterator
from typing import Any

from chassis import clock
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from declaration.domain.exports import manifest
from declaration.domain.exports.columns import Version
from declaration.domain.exports.states import Status, Trigger, advance
from declaration.exports import archive
from declaration.exports.archive import Written
from declaration.job_lock import JobLock, Jobs
from declaration.models import ExportBatch

_BEFORE = aliased(ExportBatch)
_UNWRITTEN = and_(
    _BEFORE.caf_code == ExportBatch.caf_code,
    _BEFORE.number < ExportBatch.number,
    _BEFORE.status == Status.PLANNED.value,
)
# Only a batch whose predecessor is written: its manifest holds the predecessor's hash.
JOBS = Jobs(ExportBatch, and_(ExportBatch.status == Status.PLANNED.value, ~exists().where(_UNWRITTEN)), ExportBatch.id)


def make_waiting(runtime: Runtime) -> None:
    """Periodic job: writes the waiting files, and those left by a killed worker."""
    JOBS.run_waiting(runtime, _make)


def _make(runtime: Runtime, lock: JobLock, batch: ExportBatch) -> None:
    def progress(done: int) -> None:
        with runtime.transaction() as session:
            lock.hold(session, lines_done=done)

    written = write_file(runtime, batch, progress)
    content = written.manifest
    changes = {
        "status": advance(Status(batch.status), Trigger.WRITE).value,
        "manifest": content,
        "manifest_sha256": manifest.sha256(manifest.to_bytes(content)),
        "size": written.size,
        "ready_at": clock.now(),
    }
    with runtime.transaction() as session:
        lock.release(session, **changes)


def write_file(runtime: Runtime, batch: ExportBatch, progress: Callable[[int], Any]) -> Written:
    """Writes the file to storage from the rows. Two workers who write it together write the same bytes."""
    storage = Storage(runtime.settings.storage_url)
    versions = _counted(archive.pages(runtime, batch.id), progress)
    with storage.open(batch.storage_key, "wb") as target:
        return archive.write(target, batch, versions, _previous(runtime, batch))


def _counted(pages: Iterator[list[Version]], progress: Callable[[int], Any]) -> Iterator[list[Version]]:
    done = 0
    for page in pages:
        yield page
        done += len(page)
        progress(done)


def _previous(runtime: Runtime, batch: ExportBatch) -> str | None:
    before = (ExportBatch.caf_code == batch.caf_code, ExportBatch.number == batch.number - 1)
    with runtime.read_only() as session:
        return session.execute(select(ExportBatch.manifest_sha256).where(*before)).scalar_one_or_none()
