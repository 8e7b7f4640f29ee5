"""Stores a recovery request without a look-up: neither the form's text nor its response time reveals an account."""

from chassis import clock, ids
from sqlalchemy.orm import Session

from identity.domain.networks import network_of
from identity.domain.throttle import PER_RECOVERED_SUBJECT, PER_RECOVERING_NETWORK, Counter
from identity.models import RecoveryRequest
from identity.throttling import attempts

# Requested with a login, for a device unknown to the account; the other values are purposes of credentials.
SIGN_IN_LINK = "sign_in_link"


def request_recovery(session: Session, purpose: str, subject: str, address: str) -> None:
    """Stores the request; beyond the limits per subject or network it is dropped silently.

    `subject` is a normalised user number, e-mail or (for SIGN_IN_LINK) login, `address` the requester's network
    address. There is no global limit here: an attack from many networks would block everybody.
    """
    counters = (
        Counter(PER_RECOVERED_SUBJECT, purpose, subject),
        Counter(PER_RECOVERING_NETWORK, "recovery network", network_of(address)),
    )
    if attempts.take(session, counters):
        return
    session.add(RecoveryRequest(id=ids.new_id(), purpose=purpose, subject=subject, requested_at=clock.now()))
    session.flush()
