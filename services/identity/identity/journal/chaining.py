"""Adds committed lines to the chain, one worker at a time, outside the transactions that wrote them."""

from chassis.runtime import Runtime
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from identity.domain.security_events import GENESIS, chained
from identity.models import SecurityAnchor, SecurityEvent

BATCH = 500
# Arbitrary constant: of the workers that chain at once, one gets the lock and the others retry later.
_LOCK = 7_261_502


def chain_all(runtime: Runtime) -> int:
    """Chains pending lines in batches; returns how many."""
    total = 0
    while _waiting(runtime):
        with runtime.transaction() as session:
            done = _chain_batch(session) if _alone(session) else 0
        total += done
        if not done:
            break
    return total


def head(session: Session) -> tuple[int, str]:
    """Position and hash of the last chained line, or of the last anchor if all lines were purged."""
    for table in (SecurityEvent, SecurityAnchor):
        last = select(table.position, table.hash).where(table.position.is_not(None)).order_by(table.position.desc())
        for position, chain_hash in session.execute(last.limit(1)):
            return position or 0, chain_hash or GENESIS
    return 0, GENESIS


def _waiting(runtime: Runtime) -> bool:
    """Checked without the write lock, since SQLite has only one."""
    with runtime.read_only() as session:
        waiting = select(SecurityEvent.seq).where(SecurityEvent.position.is_(None)).limit(1)
        return session.scalar(waiting) is not None


def _alone(session: Session) -> bool:
    """True if no other transaction is chaining; SQLite has a single writer anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))


def _chain_batch(session: Session) -> int:
    position, previous = head(session)
    waiting = select(SecurityEvent).where(SecurityEvent.position.is_(None)).order_by(SecurityEvent.seq).limit(BATCH)
    places = []
    for line in session.scalars(waiting):
        position += 1
        previous = chained(previous, position, line.content())
        places.append({"seq": line.seq, "position": position, "hash": previous})
    if places:
        session.execute(update(SecurityEvent), places)
    return len(places)
