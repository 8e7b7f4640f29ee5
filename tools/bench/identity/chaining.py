"""Chaining the security journal, compared with a bare SHA-256 and UPDATE of the same lines."""

from __future__ import annotations

import hashlib
import json

from chassis import ids
from identity.domain.security_events import GENESIS, Kind
from identity.journal import record
from identity.journal.client_address import Origin
from identity.journal.jobs import chain_all
from identity.models import SecurityEvent
from sqlalchemy import select, text

from tools.bench.figures import Figure
from tools.bench.identity.product import Product, seconds_each

EVENTS = 5_000
ORIGIN = Origin("192.0.2.17", "Firefox sur Windows")


def figures(made: Product) -> list[Figure]:
    # Lines left by the sign-in benchmark are not counted.
    chain_all(made.runtime)
    _fill(made)
    _keep_bare(made)
    bare = seconds_each(lambda _: _seal_bare(made), 1)
    spent = seconds_each(lambda _: chain_all(made.runtime), 1)
    return [Figure("journal lines sealed", EVENTS / spent, "/s/core", EVENTS / bare)]


def _fill(made: Product) -> None:
    with made.runtime.transaction() as session:
        for _ in range(EVENTS):
            record(session, Kind.SIGN_IN_OWN, ids.new_id(), details={"step": "done"}, origin=ORIGIN)


def _keep_bare(made: Product) -> None:
    """The same lines as text, in a table without triggers."""
    waiting = select(SecurityEvent).where(SecurityEvent.position.is_(None)).order_by(SecurityEvent.seq)
    with made.runtime.transaction() as session:
        session.execute(text("CREATE TABLE bare (seq INTEGER PRIMARY KEY, content TEXT, position INTEGER, hash TEXT)"))
        rows = [{"seq": line.seq, "content": json.dumps(line.content())} for line in session.scalars(waiting)]
        session.execute(text("INSERT INTO bare (seq, content) VALUES (:seq, :content)"), rows)


def _seal_bare(made: Product) -> None:
    """One transaction, read and written through the driver."""
    postgresql = made.runtime.engine.dialect.name == "postgresql"
    sealed = "UPDATE bare SET position = ?, hash = ? WHERE seq = ?"
    places, previous = [], GENESIS
    with made.runtime.engine.begin() as connection:
        for position, (seq, content) in enumerate(
            connection.exec_driver_sql("SELECT seq, content FROM bare ORDER BY seq"), 1
        ):
            previous = hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()
            places.append((position, previous, seq))
        connection.exec_driver_sql(sealed.replace("?", "%s") if postgresql else sealed, places)
