"""One runner for all work claimed from rows: a row has one worker, and a worker that lost its row commits nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis import clock
from chassis.runtime import Runtime
from declaration.answers import jobs as answers
from declaration.batch_transmissions import jobs as batch_transmissions
from declaration.campaigns.nationwide import jobs as nationwide
from declaration.declaration_imports import jobs as declaration_imports
from declaration.exports import jobs as exports
from declaration.job_lock import JobLock, JobLockLost
from declaration.models import RegistryImport
from declaration.registry import commands
from declaration.registry import jobs as registry
from sqlalchemy import update

JOBS = registry.JOBS


def received(world: Any, number: int) -> UUID:
    path = world.file({"dwelling_ref": f"L-{number:04}"})
    with path.open("rb") as stream:
        import_id, _ = commands.receive(world.harness.runtime, stream, "r.csv", caf_code="359", sent_by="test")
    return import_id


def test_rows_are_worked_on_once_each_the_oldest_first(world: Any) -> None:
    waiting = [received(world, number) for number in range(3)]
    done = []

    def work(runtime: Runtime, lock: JobLock, row: RegistryImport) -> None:
        done.append((row.id, row.attempts, row.status, row.started_at is not None))
        with runtime.transaction() as session:
            lock.release(session, status="done")

    JOBS.run_waiting(world.harness.runtime, work)
    assert done == [(each, 1, "running", True) for each in waiting]


def test_a_row_is_claimed_again_only_when_its_lock_expired_and_its_first_worker_then_commits_nothing(
    world: Any,
) -> None:
    received(world, 1)
    runtime = world.harness.runtime
    first = JOBS.claim(runtime)
    assert first is not None
    assert JOBS.claim(runtime) is None
    with runtime.transaction() as session:
        session.execute(update(RegistryImport).values(leased_until=clock.now() - timedelta(seconds=1)))
    second = JOBS.claim(runtime)
    assert second is not None
    assert (second[0].row_id, second[1].attempts) == (first[0].row_id, 2)
    with pytest.raises(JobLockLost), runtime.transaction() as session:
        first[0].hold(session, lines_done=7)
    with runtime.transaction() as session:
        second[0].hold(session, lines_bad=1)
        row = session.get_one(RegistryImport, second[0].row_id)
        assert (row.lines_done, row.lines_bad, row.worker) == (0, 1, second[0].worker)


def test_a_worker_whose_row_was_taken_over_goes_on_with_the_next(world: Any) -> None:
    waiting = [received(world, number) for number in range(2)]
    seen = []

    def work(runtime: Runtime, lock: JobLock, row: RegistryImport) -> None:
        seen.append(row.id)
        if row.id == waiting[0]:
            raise JobLockLost
        with runtime.transaction() as session:
            lock.release(session, status="done")

    JOBS.run_waiting(world.harness.runtime, work)
    assert seen == waiting


def test_any_other_error_ends_the_job_and_leaves_the_row_to_the_next_worker(world: Any) -> None:
    received(world, 1)

    def work(_runtime: Runtime, _lock: JobLock, _row: RegistryImport) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        JOBS.run_waiting(world.harness.runtime, work)
    (row,) = world.harness.rows("registry_import")
    assert (row["status"], row["attempts"]) == ("running", 1)


def test_each_kind_of_work_claims_its_own_table() -> None:
    kinds = (answers, batch_transmissions, declaration_imports, exports, nationwide, registry)
    assert len({kind.JOBS.table.__tablename__ for kind in kinds}) == len(kinds)
