"""Asks for the password again before changes that could take the account over: an open session is not enough."""

from uuid import UUID

from chassis.problems import FieldError, Invalid
from chassis.runtime import Runtime

from identity import hashing, throttling
from identity.domain import guessing
from identity.domain.passwords import normalise
from identity.domain.throttle import PER_LOGIN
from identity.models import Account


def prove(runtime: Runtime, account: Account, session_id: UUID, typed: str) -> None:
    """Raises Invalid if it is not the account's password, TooManyRequests to prevent guessing in an open session."""
    counts = guessing.of_session(PER_LOGIN, "password", str(session_id))
    with runtime.transaction() as session:
        throttling.admit(session, counts)
    if not hashing.verify(account.password_hash, normalise(typed)):
        raise wrong_password()
    with runtime.transaction() as session:
        throttling.succeeded(session, counts)


def wrong_password() -> Invalid:
    detail = "Ce n’est pas votre mot de passe actuel."
    return Invalid([FieldError(pointer="/current", code="wrong", detail=detail)])
