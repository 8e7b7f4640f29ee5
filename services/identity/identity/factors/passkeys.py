"""Passkeys of accounts: registration and verification."""

from uuid import UUID

from chassis import clock, ids
from chassis import runtime as runtimes
from chassis.db import insert_new
from chassis.problems import FieldError, Invalid
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from identity.factors.challenges import Answer
from identity.factors.webauthn import BadAnswer, Party, check_new_key, check_signature, party_of, user_handle
from identity.models import Account, Passkey
from identity.settings import settings_of

MOST_PER_ACCOUNT = 20
NAME_LENGTH = 60


def register(session: Session, account: Account, answer: Answer, name: str) -> None:
    """Stores a new key. Raises BadAnswer, or Invalid if the key is already registered or there are too many."""
    made = check_new_key(_party(session), answer.content, answer.challenge)
    count = session.scalar(select(func.count()).where(Passkey.account_id == account.id)) or 0
    if count >= MOST_PER_ACCOUNT:
        raise _refused("too_many", f"Un compte garde au plus {MOST_PER_ACCOUNT} clés d’accès. Retirez-en une d’abord.")
    row = {
        "id": ids.new_id(),
        "account_id": account.id,
        "name": name[:NAME_LENGTH],
        "created_at": clock.now(),
        **vars(made),
    }
    if not insert_new(session, Passkey, row):
        raise _refused("known", "Cette clé d’accès est déjà enregistrée.")


def prove(session: Session, answer: Answer, account_id: UUID | None = None) -> Passkey:
    """The key that signed; it must belong to `account_id` if that is given. Raises BadAnswer.

    The error is the same for an unknown key, another account's key and a wrong signature.
    """
    mine = select(Passkey).where(Passkey.credential_id == str(answer.content["id"]))
    if account_id is not None:
        mine = mine.where(Passkey.account_id == account_id)
    key = session.scalar(mine.with_for_update())
    if key is None:
        raise BadAnswer("unknown key")
    handle = user_handle(answer.content)
    # WebAuthn §7.2, step 6: if no login was typed, the device must identify the key's owner.
    if (handle is None and account_id is None) or (handle is not None and handle != key.account_id.bytes):
        raise BadAnswer("another person's key")
    signed = check_signature(_party(session), answer.content, answer.challenge, key)
    _count(session, key, signed.sign_count)
    return key


def _count(session: Session, key: Passkey, sign_count: int) -> None:
    """WebAuthn §7.2, step 21: a counter that does not increase means a cloned key or a replayed answer."""
    known = key.sign_count
    if (sign_count or known) and sign_count <= known:
        raise BadAnswer("counter", key.account_id)
    used = {"sign_count": sign_count, "last_used_at": clock.now()}
    session.execute(update(Passkey).where(Passkey.id == key.id).values(used))


def _party(session: Session) -> Party:
    return party_of(settings_of(runtimes.of(session)))


def _refused(code: str, detail: str) -> Invalid:
    return Invalid([FieldError(pointer="/name", code=code, detail=detail)])
