"""What is kept of sessions and recoveries once they are over, and for how long."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import delete

from identity.models import RecoveryRequest, SignInSession

# The journal says who signed in and when; these rows only serve to recognise a late reuse of a code or a token.
KEPT = timedelta(days=30)


def purge_sessions(runtime: Runtime) -> None:
    """Codes, token families and refresh tokens go with their session."""
    before = clock.now() - KEPT
    with runtime.transaction() as session:
        session.execute(delete(SignInSession).where(SignInSession.expires_at < before))
        session.execute(delete(RecoveryRequest).where(RecoveryRequest.handled_at < before))
