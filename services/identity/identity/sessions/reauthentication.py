"""Actions that could take the account over require a recent proof of identity, not just a session (ASVS 7.5)."""

from http import HTTPStatus
from uuid import UUID

from chassis import clock
from chassis.problems import FieldError, Invalid, Problem
from chassis.runtime import Runtime
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.crypto import hashing
from identity.domain import guessing
from identity.domain.passwords import normalise
from identity.domain.throttle import PER_LOGIN
from identity.models import Account, SignInSession
from identity.settings import Settings
from identity.throttling import attempts


class ReauthenticationRequired(Problem, status=HTTPStatus.UNAUTHORIZED, code="insufficient-user-authentication"):
    title = "Confirmez d’abord que c’est bien vous, à la page « Sécurité » de votre compte, puis recommencez."

    def __init__(self, settings: Settings) -> None:
        # RFC 9470 §3: maximum age of the sign-in, so that the program requests a new one.
        challenge = (
            f'Bearer error="insufficient_user_authentication", max_age="{settings.recent_proof.total_seconds():.0f}"'
        )
        super().__init__(headers={"WWW-Authenticate": challenge})


def require(session: Session, settings: Settings, account_id: UUID, session_id: str) -> None:
    """Raises ReauthenticationRequired unless the token's session was recently opened or reauthenticated."""
    recent = select(SignInSession.id).where(
        SignInSession.id == (UUID(session_id) if session_id else None),
        SignInSession.account_id == account_id,
        SignInSession.ended_at.is_(None),
        SignInSession.proven_at > clock.now() - settings.recent_proof,
    )
    if session.scalar(recent) is None:
        raise ReauthenticationRequired(settings)


def prove(runtime: Runtime, account: Account, session_id: UUID, typed: str) -> None:
    """Raises Invalid if it is not the account's password, TooManyRequests to prevent guessing in an open session."""
    counts = guessing.of_session(PER_LOGIN, "password", str(session_id))
    with runtime.transaction() as session:
        attempts.admit(session, counts)
    if not hashing.verify(account.password_hash, normalise(typed)):
        raise wrong_password()
    with runtime.transaction() as session:
        attempts.succeeded(session, counts)


def wrong_password() -> Invalid:
    detail = "Ce n’est pas votre mot de passe actuel."
    return Invalid([FieldError(pointer="/current", code="wrong", detail=detail)])
