"""Recovery codes: created ten at a time, shown once, each valid for one sign-in."""

from uuid import UUID

from chassis import clock, ids
from chassis.runtime import Runtime
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from identity.crypto import hashing
from identity.domain.recovery_codes import new_codes
from identity.models import RecoveryCode


def prepare() -> tuple[list[str], list[str]]:
    """Ten new codes and their hashes; slow, so never call it inside a transaction. Raises Unavailable."""
    codes = new_codes()
    return codes, [hashing.hash_password(code) for code in codes]


def replace(session: Session, account_id: UUID, hashes: list[str]) -> None:
    """Replaces all earlier codes, used or not."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    now = clock.now()
    for code_hash in hashes:
        session.add(RecoveryCode(id=ids.new_id(), account_id=account_id, code_hash=code_hash, created_at=now))
    session.flush()


def find(runtime: Runtime, account_id: UUID, code: str) -> UUID | None:
    """The id of the matching unused code; no transaction is open during the comparison. Raises Unavailable."""
    unused = select(RecoveryCode.id, RecoveryCode.code_hash).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    with runtime.read_only() as session:
        rows = session.execute(unused).all()
    return next((code_id for code_id, code_hash in rows if hashing.verify(code_hash, code)), None)


def use(session: Session, code_id: UUID) -> bool:
    """False if another request has used it meanwhile."""
    used = (
        update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    return session.scalar(used) is not None
