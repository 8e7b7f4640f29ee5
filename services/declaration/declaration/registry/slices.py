"""Merging of slices: any worker of any process, one slice per transaction, which locks its row.

A killed worker loses the lock with its connection, and the slice is unchanged. Only the worker that reads the
file ends the import.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from uuid import UUID

import structlog
from chassis.db import upsert
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from declaration.domain.registry import csv_lines
from declaration.domain.registry.lines import Header
from declaration.job_lock import JobLock
from declaration.models import RegistryImport, RegistrySlice, Staged
from declaration.registry import merging
from declaration.registry.states import Status
from declaration.settings import own
from declaration.sql import analyze

log = structlog.get_logger()
# Seconds between renewals of the lock while others merge, and between searches for a free slice.
RENEWED = 5
LOOKED_FOR = 0.2
# Two files may bring the same new landlords at once: PostgreSQL's unique_violation, deadlock_detected (different
# orders) and lock_not_available. On retry, one of them finds the other's rows.
SENT_BACK = ("23505", "40P01", "55P03")
MOST_SENT_BACK = 20


def merge_all(runtime: Runtime, lock: JobLock, header: Header) -> Iterator[None]:
    """Merges all staged lines, along with other workers; yields as it progresses. Raises JobLockLost."""
    with runtime.transaction() as session:
        _create_slices(session, lock.row_id)
    present = frozenset(header.names)
    while _left(runtime, lock.row_id):
        for _ in _merge_free(runtime, lock, present):
            yield
        time.sleep(LOOKED_FOR if _left(runtime, lock.row_id) else 0)
    with runtime.transaction() as session:
        merging.analyze_portfolio(session)


def help_merging(runtime: Runtime) -> None:
    """Periodic job: merges slices of files that another process reads."""
    running = select(RegistryImport.id, RegistryImport.storage_key).where(
        RegistryImport.status == Status.RUNNING.value, exists().where(RegistrySlice.import_id == RegistryImport.id)
    )
    with runtime.read_only() as session:
        found = session.execute(running).all()
    for import_id, key in found:
        with Storage(runtime.settings.storage_url).open(key) as stream:
            present = frozenset(csv_lines.read_header(stream).names)
        while merge_next(runtime, import_id, present):
            pass


def merge_next(runtime: Runtime, import_id: UUID, present: frozenset[str]) -> bool:
    """Merges a slice that nobody has locked; False when there is none. `present`: the columns of the file."""
    for tries in range(1, MOST_SENT_BACK + 1):
        try:
            with runtime.transaction() as session:
                return _merge_one(session, import_id, present)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in SENT_BACK or tries == MOST_SENT_BACK:
                raise
            log.info("registry slice sent back", import_id=str(import_id), tries=tries)
    return False


def _merge_one(session: Session, import_id: UUID, present: frozenset[str]) -> bool:
    free = select(RegistrySlice).where(RegistrySlice.import_id == import_id).order_by(RegistrySlice.number).limit(1)
    chosen = session.execute(free.with_for_update(skip_locked=True)).scalar_one_or_none()
    if chosen is None:
        return False
    counters = merging.merge(session, import_id, chosen.number, present)
    session.delete(chosen)
    values = {name: getattr(RegistryImport, name) + more for name, more in counters.items()}
    session.execute(update(RegistryImport).where(RegistryImport.id == import_id).values(values))
    return True


def _create_slices(session: Session, import_id: UUID) -> None:
    """Creates a row per staged slice, whatever its size: another version of this program may use smaller ones."""
    analyze(session, Staged.name, "import_id", "slice", "line")
    staged = select(Staged.c.import_id, Staged.c.slice).where(Staged.c.import_id == import_id).distinct()
    added = upsert(session, RegistrySlice).from_select(["import_id", "number"], staged)
    session.execute(added.on_conflict_do_nothing())


def _left(runtime: Runtime, import_id: UUID) -> int:
    counted = select(func.count()).select_from(RegistrySlice).where(RegistrySlice.import_id == import_id)
    with runtime.read_only() as session:
        return session.execute(counted).scalar_one()


def _merge_free(runtime: Runtime, lock: JobLock, present: frozenset[str]) -> Iterator[None]:
    """Merges free slices one after the other; on SQLite, which has one writer, in this thread."""

    def one() -> bool:
        return merge_next(runtime, lock.row_id, present)

    workers = own(runtime.settings).registry_workers if runtime.engine.dialect.name == "postgresql" else 1
    for _ in _repeated(one) if workers == 1 else _repeated_together(one, workers):
        with runtime.transaction() as session:
            lock.hold(session)
        yield


def _repeated(work: Callable[[], bool]) -> Iterator[None]:
    while work():
        yield


def _repeated_together(work: Callable[[], bool], workers: int) -> Iterator[None]:
    """Until each worker finds nothing more to do; yields after each piece of work, and regularly during long ones."""
    with ThreadPoolExecutor(workers) as pool:
        pending: set[Future[bool]] = {pool.submit(work) for _ in range(workers)}
        while pending:
            done, pending = wait(pending, RENEWED, FIRST_COMPLETED)
            pending |= {pool.submit(work) for each in done if each.result()}
            yield
