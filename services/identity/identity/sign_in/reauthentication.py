"""Some acts ask for somebody who has just proven who they are, not only for a session (ASVS 7.5)."""

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
        # RFC 9470 §3: how long ago the person may have signed in, so that the program asks for it again.
        challenge = (
            f'Bearer error="insufficient_user_authentication", max_age="{settings.recent_proof.total_seconds():.0f}"'
        )
        super().__init__(headers={"WWW-Authenticate": challenge})


def require(session: Session, settings: Settings, account_id: UUID, session_id: str) -> None:
    """Raises ProofNeeded unless the token's own session was opened, or proven again, a short while ago."""
    recent = select(SignInSession.id).where(
        SignInSession.id == (UUID(session_id) if session_id else None),
        SignInSession.account_id == account_id,
        SignInSession.ended_at.is_(None),
        SignInSession.proven_at > clock.now() - settings.recent_proof,
    )
    if session.scalar(recent) is None:
        raise ReauthenticationRequired(settings)
