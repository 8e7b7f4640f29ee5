"""SQLite has one writer at a time: threads of a process queue for it, first come first served.

SQLite itself makes a writer that finds another one sleep and try again, up to 100 ms each time and in no order: many
threads spend their time asleep, and one that is never lucky fails with "database is locked".
"""

import threading
from collections import deque

import sqlalchemy as sa

_HELD, _READS = "bailleurs.write_turn", {"reading", "one_by_one"}


class Turns:
    """A mutex that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, seconds: float) -> None:
        """Raises TimeoutError when it is not this thread's turn after `seconds`."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return
        with self._guard:
            if not mine.is_set():
                self._waiting.remove(mine)
                raise TimeoutError

    def give(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def queue_writers(engine: sa.Engine, seconds: float) -> None:
    """From now on a write transaction begins when it is its turn, and hands over when its connection is returned.

    Other processes are met by SQLite's own waiting. Raises OperationalError after `seconds`.
    """
    turns = Turns()

    def take(connection: sa.Connection) -> None:
        if connection.get_execution_options().keys() & _READS or _HELD in connection.info:
            return
        try:
            turns.take(seconds)
        except TimeoutError as error:
            raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, error) from None
        connection.info[_HELD] = True

    def give(_driver: object, record: sa.pool.ConnectionPoolEntry, *_why: object) -> None:
        if record.info.pop(_HELD, False):
            turns.give()

    # The engine's own "commit" comes before the commit.
    sa.event.listen(engine, "begin", take)
    for returned in ("checkin", "invalidate"):
        sa.event.listen(engine, returned, give)
