"""Chains committed lines, one worker at a time, outside the transactions that wrote them; anchors the chain's head,
authenticated with the service's key; purges lines past their retention.
"""

import hashlib
import hmac
from datetime import UTC, datetime

import structlog
from chassis import clock
from chassis.db import insert_new
from chassis.runtime import Runtime
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from identity.crypto.key_derivation import subkey
from identity.domain.security_events import GENESIS, chained
from identity.models import SecurityAnchor, SecurityEvent
from identity.settings import Settings, settings_of

log = structlog.get_logger()
BATCH = 500
PURGED_AT_ONCE = 5_000
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


def chain_head(session: Session) -> tuple[int, str]:
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
    position, previous = chain_head(session)
    waiting = select(SecurityEvent).where(SecurityEvent.position.is_(None)).order_by(SecurityEvent.seq).limit(BATCH)
    places = []
    for line in session.scalars(waiting):
        position += 1
        previous = chained(previous, position, line.content())
        places.append({"seq": line.seq, "position": position, "hash": previous})
    if places:
        session.execute(update(SecurityEvent), places)
    return len(places)


def anchor_mac(settings: Settings, position: int, chain_hash: str, made_at: datetime) -> str:
    """HMAC in hexadecimal: write access to the tables is not enough to forge it without the service's key."""
    content = f"{position}\n{chain_hash}\n{clock.iso(made_at)}"
    return hmac.new(subkey(settings, "journal"), content.encode(), hashlib.sha256).hexdigest()


def anchor_chain(runtime: Runtime) -> None:
    """Makes an anchor if there are new lines and enough of them or enough time has passed. Lines after the last anchor
    can still be rewritten. The log keeps the anchor even if the database is rewritten."""
    now, settings = clock.now(), settings_of(runtime)
    with runtime.transaction() as session:
        latest = select(SecurityAnchor).order_by(SecurityAnchor.position.desc()).limit(1)
        last = session.scalar(latest) or SecurityAnchor(position=0, made_at=datetime.min.replace(tzinfo=UTC))
        position, chain_hash = chain_head(session)
        lines, since = position - last.position, now - last.made_at
        if not lines or (lines < settings.journal_anchor_lines and since < settings.journal_anchored_every):
            return
        proof = anchor_mac(settings, position, chain_hash, now)
        values = {"position": position, "hash": chain_hash, "made_at": now, "mac": proof}
        if not insert_new(session, SecurityAnchor, values):
            return
    log.info("journal anchored", position=position, hash=chain_hash)


def purge_journal(runtime: Runtime) -> int:
    """Purges lines past their retention, up to an anchor from which the rest can be verified; returns how many."""
    kept_since = clock.now() - settings_of(runtime).security_journal_kept
    with runtime.read_only() as session:
        over = session.scalar(select(func.max(SecurityAnchor.position)).where(SecurityAnchor.made_at < kept_since))
    purged = 0
    while over is not None:
        with runtime.transaction() as session:
            done = _purge_some(session, over)
        purged += done
        if not done:
            break
    return purged


def _purge_some(session: Session, over: int) -> int:
    oldest = select(SecurityEvent.seq).where(SecurityEvent.position <= over).order_by(SecurityEvent.position)
    some = oldest.limit(PURGED_AT_ONCE).subquery()
    deleted = delete(SecurityEvent).where(SecurityEvent.seq.in_(select(some.c.seq)))
    gone = session.execute(deleted.returning(SecurityEvent.seq).execution_options(synchronize_session=False))
    return len(gone.all())
