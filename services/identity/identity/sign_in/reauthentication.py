"""Some actions require a recent proof of identity, not just a session (ASVS 7.5)."""

from http import HTTPStatus
from uuid import UUID

from chassis import clock
from chassis.problems import Problem
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.models import SignInSession
from identity.settings import Settings


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
