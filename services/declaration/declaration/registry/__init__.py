"""The Caf's registry file: received, read in the background line by line, merged into the portfolio slice by slice."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from chassis.ids import new_id
from chassis.runtime import Runtime

from declaration.api_types.registry import RegistryImport as ShownImport
from declaration.job_lock import JobLock
from declaration.models import RegistryImport
from declaration.registry import commands, jobs, portfolio, queries
from declaration.registry.slices import help_merging

__all__ = ["help_merging", "import_path", "portfolio", "read_waiting", "shown"]
Progress = Callable[[ShownImport], None]


def import_path(
    runtime: Runtime, path: Path, actor: str, progress: Progress | None = None, *, caf_code: str | None = None
) -> ShownImport:
    """Imports a file at once, in this process; returns the import as the API shows it.

    A file that another process is already reading: returns its current state.

    `progress` is called with the same after each batch. `caf_code`: accept lines of this Caf only. Raises OSError
    when the file cannot be opened.
    """
    worker = new_id()
    with path.open("rb") as stream:
        import_id, mine = commands.receive(runtime, stream, path.name, caf_code=caf_code, sent_by=actor, worker=worker)
    if mine:
        jobs.run(
            runtime,
            JobLock(RegistryImport, import_id, worker),
            lambda: progress and progress(shown(runtime, import_id)),
        )
        portfolio.publish_changes(runtime)
    return shown(runtime, import_id)


def shown(runtime: Runtime, import_id: UUID) -> ShownImport:
    with runtime.read_only() as session:
        return queries.one(session, import_id)


def read_waiting(runtime: Runtime) -> None:
    """Periodic job: reads the waiting files, and those left by a killed worker."""
    jobs.JOBS.run_waiting(runtime, lambda runtime, lock, _row: jobs.run(runtime, lock, lambda: None))
    jobs.erase_read(runtime)
