"""Lost identifier, forgotten password: taken in without looking, looked up later by the worker.

What the form does is the same whether or not an account exists, so neither its words nor its time can tell.
"""

from collections.abc import Iterator
from itertools import chain, islice

from chassis import clock, ids
from chassis.runtime import Runtime
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity import alarm, throttling
from identity.accounts import reaching
from identity.accounts.issuing import issue_and_send
from identity.accounts.registration import principal_of
from identity.domain.credentials import Purpose
from identity.domain.networks import network_of
from identity.domain.throttle import PER_RECOVERED_SUBJECT, PER_RECOVERING_NETWORK
from identity.models import Account, RecoveryRequest, UserNumber
from identity.notices import Notice, tell
from identity.publishes import Recipient
from identity.throttling import Counter

# One address may be known for a few accounts that nobody has signed in to yet (a landlord in several départements).
_MOST_ACCOUNTS_PER_EMAIL = 10


def ask(session: Session, purpose: Purpose, subject: str, address: str) -> None:
    """Takes the request in; beyond the limits of the subject, of the network or of all, it is dropped without a word.

    `subject` is a normalised user number or e-mail, `address` the network address it comes from.
    """
    counters = (
        Counter(PER_RECOVERED_SUBJECT, purpose, subject),
        Counter(PER_RECOVERING_NETWORK, "recovery network", network_of(address)),
    )
    if throttling.take(session, counters) or alarm.too_many_recoveries(session):
        return
    session.add(RecoveryRequest(id=ids.new_id(), purpose=purpose, subject=subject, requested_at=clock.now()))
    session.flush()


def handle_all(runtime: Runtime) -> int:
    """Handles what waits, each request in a transaction of its own; returns how many."""
    handled = 0
    while handle_next(runtime):
        handled += 1
    return handled


def handle_next(runtime: Runtime) -> bool:
    with runtime.transaction() as session:
        oldest = (
            select(RecoveryRequest).where(RecoveryRequest.handled_at.is_(None)).order_by(RecoveryRequest.requested_at)
        )
        request = session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
        if request is None:
            return False
        for account, recipient, user_number in _found(session, Purpose(request.purpose), request.subject or ""):
            issued = issue_and_send(session, account, Purpose(request.purpose), recipient, user_number=user_number)
            if issued and account.activated_at is not None:
                tell(session, account, Notice.RECOVERY_REQUESTED)
        request.handled_at = clock.now()
        request.subject = None
    return True


def _found(session: Session, purpose: Purpose, subject: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    if purpose is Purpose.IDENTIFIER_RECOVERY:
        yield from _by_user_number(session, subject)
    else:
        yield from _by_email(session, subject)


def _by_user_number(session: Session, number: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """The organisation's principal account, reached as its holder said, else as the Caf that made it writes to them;
    never at an address that sent our messages back, nor at one that another Caf gives for the same organisation."""
    known = session.get(UserNumber, number)
    account = principal_of(session, known.organisation_id) if known else None
    if known is None or account is None:
        return
    if account.email and account.email != account.bounced_email:
        yield account, Recipient(account.name, account.email), number
    else:
        yield account, *reaching.by_its_caf(session, account, number)


def _by_email(session: Session, email: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """Who gave this address, or whom the Caf writes to there and who has not said otherwise yet."""
    given = or_(Account.email == email, Account.email.is_(None) & (Account.contact_email == email))
    accounts = session.scalars(select(Account).where(given, Account.closed_at.is_(None)))
    found = {account.id: account for account in chain(accounts, reaching.written_to_at(session, email))}
    for account in islice(found.values(), _MOST_ACCOUNTS_PER_EMAIL):
        yield account, Recipient(account.name, email), None
