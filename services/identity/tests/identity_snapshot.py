"""The state after a first sign-in, copied instead of played again: ten pages, for seven hundred tests."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis import clock
from chassis.runtime import Runtime
from identity.crypto import hashing

# Nothing in these tests tells it from one that was made a moment ago.
FRESH = timedelta(seconds=10)
_folder = tempfile.TemporaryDirectory(prefix="bailleurs-activated-")


@dataclass(frozen=True)
class Snapshot:
    settings: object
    hasher: object
    made_at: datetime
    made: Any

    def fits(self, settings: object) -> bool:
        age = clock.now() - self.made_at
        return self.settings == settings and self.hasher is hashing._HASHER and timedelta() <= age < FRESH


class Snapshots:
    """Of SQLite databases on which nothing else had been written before."""

    def __init__(self) -> None:
        self._last: Snapshot | None = None

    def make(
        self, runtime: Runtime, since: int, settings: object, make: Callable[[], Any], restore: Callable[[Any], Any]
    ) -> Any:
        """What `make` gives, or `restore` of what it gave to another test; `since`: as `written` says of a new one."""
        if runtime.engine.dialect.name != "sqlite" or written(runtime) != since:
            return make()
        file, copy = Path(runtime.engine.url.database or ""), Path(_folder.name) / "identity.sqlite3"
        if self._last and self._last.fits(settings):
            runtime.dispose()
            for leftover in ("-wal", "-shm"):
                file.with_name(file.name + leftover).unlink(missing_ok=True)
            shutil.copyfile(copy, file)
            return restore(self._last.made)
        begun, made = clock.now(), make()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(file, copy)
        self._last = Snapshot(settings, hashing._HASHER, begun, made)
        return restore(made)


def written(runtime: Runtime) -> int:
    """Another number after each write: it stands in the log beside the file first, then in the file."""
    if runtime.engine.dialect.name != "sqlite":
        return 0
    file = Path(runtime.engine.url.database or "")
    log = file.with_name(f"{file.name}-wal")
    return file.stat().st_mtime_ns + (log.stat().st_size if log.exists() else 0)
