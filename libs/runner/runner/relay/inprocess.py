"""Relay of the all-in-one mode: copies outbox rows into the inboxes of their subscribers.

At least once: after a crash between copy and mark, rows are copied again and the inbox's unique key drops them.
"""

from collections.abc import Sequence

from chassis import outbox
from chassis.inbox import receive
from chassis.runtime import Runtime

BATCH = 500


class InProcessRelay:
    def __init__(self, runtimes: Sequence[Runtime]) -> None:
        self._runtimes = runtimes
        self._subscribers: dict[str, list[Runtime]] = {}
        for runtime in runtimes:
            for subscription in runtime.service.subscriptions:
                self._subscribers.setdefault(subscription.type, []).append(runtime)

    def relay(self, source: Runtime) -> int:
        """Moves one batch; returns how many rows it moved.

        Copied outside the source's transaction: holding one database's write lock while waiting for another's could
        deadlock two services. One relay runs in this mode, so nothing else claims these rows.
        """
        with source.read_only() as session:
            rows = outbox.claim(session, BATCH)
        if not rows:
            return 0
        for target in {id(one): one for row in rows for one in self._subscribers.get(row.type, ())}.values():
            wanted = [row.envelope for row in rows if target in self._subscribers.get(row.type, ())]
            with target.transaction() as session:
                receive(session, wanted)
            target.inbox_filled.set()
        with source.transaction() as session:
            outbox.mark_sent(session, [row.seq for row in rows])
        if len(rows) == BATCH:
            source.outbox_filled.set()
        return len(rows)
