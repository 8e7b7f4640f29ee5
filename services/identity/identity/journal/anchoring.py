"""Anchors: the head of the chain, regularly authenticated with the service's key and written to the log."""

import hashlib
import hmac
from datetime import UTC, datetime

import structlog
from chassis import clock
from chassis.db import insert_new
from chassis.runtime import Runtime
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from identity.journal.chaining import head
from identity.key_derivation import subkey
from identity.models import SecurityAnchor, SecurityEvent
from identity.settings import Settings, settings_of

log = structlog.get_logger()
PURGED_AT_ONCE = 5_000


def mac(settings: Settings, position: int, chain_hash: str, made_at: datetime) -> str:
    """HMAC in hexadecimal: write access to the tables is not enough to forge it without the service's key."""
    content = f"{position}\n{chain_hash}\n{clock.iso(made_at)}"
    return hmac.new(subkey(settings, "journal"), content.encode(), hashlib.sha256).hexdigest()


def anchor(runtime: Runtime) -> None:
    """Makes an anchor if there are new lines and enough of them or enough time has passed. Lines after the last anchor
    can still be rewritten. The log keeps the anchor even if the database is rewritten."""
    now, settings = clock.now(), settings_of(runtime)
    with runtime.transaction() as session:
        latest = select(SecurityAnchor).order_by(SecurityAnchor.position.desc()).limit(1)
        last = session.scalar(latest) or SecurityAnchor(position=0, made_at=datetime.min.replace(tzinfo=UTC))
        position, chain_hash = head(session)
        lines, since = position - last.position, now - last.made_at
        if not lines or (lines < settings.journal_anchor_lines and since < settings.journal_anchored_every):
            return
        proof = mac(settings, position, chain_hash, now)
        values = {"position": position, "hash": chain_hash, "made_at": now, "mac": proof}
        if not insert_new(session, SecurityAnchor, values):
            return
    log.info("journal anchored", position=position, hash=chain_hash)


def purge(runtime: Runtime) -> int:
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
