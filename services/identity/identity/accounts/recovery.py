"""Lost identifier, forgotten password: requests are stored without a look-up; a worker handles them later.

The form does the same whether or not an account exists, so neither its text nor its response time reveals it.
"""

from collections.abc import Iterator
from itertools import chain, islice

from chassis import clock, ids
from chassis.runtime import Runtime, of
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from identity import alarm, publishes, throttling
from identity.accounts import reaching
from identity.accounts.issuing import Prepared, issue_and_send, own_recipient, prepare_password
from identity.accounts.registration import principal_of
from identity.domain.credentials import Purpose
from identity.domain.networks import network_of
from identity.domain.security_events import Kind
from identity.domain.throttle import PER_RECOVERED_SUBJECT, PER_RECOVERING_NETWORK, Counter
from identity.journal import record
from identity.models import Account, RecoveryRequest, UserNumber
from identity.notices import Notice, tell
from identity.publishes import Recipient
from identity.sessions import known_devices
from identity.settings import settings_of

# One address may belong to several accounts nobody has signed in to yet (a landlord in several départements).
_MOST_ACCOUNTS_PER_EMAIL = 10
# Requested with a login, for a device unknown to the account; the other values are purposes of credentials.
SIGN_IN_LINK = "sign_in_link"


def ask(session: Session, purpose: str, subject: str, address: str) -> None:
    """Stores the request; beyond the limits per subject or network it is dropped silently.

    `subject` is a normalised user number, e-mail or (for SIGN_IN_LINK) login, `address` the requester's network
    address. There is no global limit here: an attack from many networks would block everybody.
    """
    counters = (
        Counter(PER_RECOVERED_SUBJECT, purpose, subject),
        Counter(PER_RECOVERING_NETWORK, "recovery network", network_of(address)),
    )
    if throttling.take(session, counters):
        return
    session.add(RecoveryRequest(id=ids.new_id(), purpose=purpose, subject=subject, requested_at=clock.now()))
    session.flush()


def handle_all(runtime: Runtime) -> int:
    """Handles pending requests, one transaction per request; returns how many."""
    handled = 0
    while handle_next(runtime):
        handled += 1
    return handled


def handle_next(runtime: Runtime) -> bool:
    """Computes the hash whether or not the account is known, and outside any transaction: on SQLite the next request
    would wait for it, which would reveal that this account exists."""
    with runtime.read_only() as session:
        request = session.scalar(_due())
        if request is None:
            return False
        many = 0 if request.purpose == SIGN_IN_LINK else len(list(_found(session, request)))
    prepared = [prepare_password() for _ in range(max(1, many))]
    with runtime.transaction() as session:
        own = _due().where(RecoveryRequest.id == request.id).with_for_update(skip_locked=True)
        claimed = session.scalar(own)
        # Another worker may have claimed it first.
        if claimed is not None:
            _handle(session, claimed, prepared)
    return True


def _due() -> Select[RecoveryRequest]:
    """The oldest pending request, except those postponed to a later hour."""
    put_off = RecoveryRequest.postponed_until
    due = or_(put_off.is_(None), put_off <= clock.now())
    return (
        select(RecoveryRequest)
        .where(RecoveryRequest.handled_at.is_(None), due)
        .order_by(RecoveryRequest.requested_at)
        .limit(1)
    )


def _handle(session: Session, request: RecoveryRequest, prepared: list[Prepared]) -> None:
    """Requests for unknown accounts send no message, so they do not count towards the hourly limit."""
    linked = _account_of(session, request.subject) if request.purpose == SIGN_IN_LINK else None
    found = [] if request.purpose == SIGN_IN_LINK else list(_found(session, request))
    if (found or linked) and alarm.too_many_recoveries(session):
        request.postponed_until = alarm.next_hour()
        return
    if linked is not None:
        _send_link(session, linked)
    for account, recipient, user_number in found:
        ready = prepared.pop() if prepared else None
        issued = issue_and_send(
            session, account, Purpose(request.purpose), recipient, user_number=user_number, prepared=ready
        )
        if issued and account.activated_at is not None:
            tell(session, account, Notice.RECOVERY_REQUESTED)
    request.handled_at = clock.now()
    request.subject = None


def _account_of(session: Session, login: str | None) -> Account | None:
    return session.scalar(select(Account).where(Account.login == login, Account.closed_at.is_(None)))


def _send_link(session: Session, account: Account) -> None:
    """Sends to the person's confirmed address, else to the first contact address."""
    recipient = own_recipient(account)
    if recipient.email is None:
        return
    publishes.sign_in_link_asked(
        session, account, recipient.email, known_devices.link_token(settings_of(of(session)), account)
    )
    record(session, Kind.SIGN_IN_LINK_SENT, account.id, actor="system")


def _found(session: Session, request: RecoveryRequest) -> Iterator[tuple[Account, Recipient, str | None]]:
    if request.purpose == Purpose.IDENTIFIER_RECOVERY:
        yield from _by_user_number(session, request.subject or "")
    else:
        yield from _by_email(session, request.subject or "")


def _by_user_number(session: Session, number: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """The organisation's principal account, at the address its holder gave, else at the one of the Caf that created it;
    never at an address that bounced, nor at one that another Caf gives for the same organisation."""
    known = session.get(UserNumber, number)
    account = principal_of(session, known.organisation_id) if known else None
    if known is None or account is None:
        return
    if account.email and account.email != account.bounced_email:
        yield account, Recipient(account.name, account.email), number
    else:
        yield account, *reaching.by_its_caf(session, account, number)


def _by_email(session: Session, email: str) -> Iterator[tuple[Account, Recipient, str | None]]:
    """Accounts whose holder gave this address, or whose Caf uses it and whose holder has not given another one yet."""
    given = or_(Account.email == email, Account.email.is_(None) & (Account.contact_email == email))
    accounts = session.scalars(select(Account).where(given, Account.closed_at.is_(None)))
    found = {account.id: account for account in chain(accounts, reaching.written_to_at(session, email))}
    for account in islice(found.values(), _MOST_ACCOUNTS_PER_EMAIL):
        yield account, Recipient(account.name, email), None
