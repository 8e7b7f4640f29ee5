"""Purge of ended sessions."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete

from identity.models import SignInSession

# The journal records who signed in and when; these rows only serve to detect a late reuse of a code or token.
_KEPT = timedelta(days=30)


def purge_sessions(runtime: Runtime) -> None:
    """Deleting a session also deletes its codes, token families and refresh tokens."""
    before = clock.now() - _KEPT
    with runtime.transaction() as session:
        session.execute(delete(SignInSession).where(SignInSession.expires_at < before))
