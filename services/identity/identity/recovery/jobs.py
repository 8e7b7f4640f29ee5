"""Handles recovery requests, some time after the form was answered; purges handled ones."""

from datetime import timedelta

from chassis import clock
from chassis.runtime import Runtime, of
from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from identity import publishes
from identity.accounts.notices import Notice, notify
from identity.credentials.commands import Prepared, issue_and_send, prepare_password
from identity.credentials.queries import own_recipient
from identity.domain.credentials import Purpose
from identity.domain.security_events import Kind
from identity.journal import record
from identity.models import Account, RecoveryRequest
from identity.recovery.commands import SIGN_IN_LINK
from identity.recovery.queries import accounts_to_recover
from identity.sessions import known_devices
from identity.settings import settings_of
from identity.throttling import alarm

_KEPT = timedelta(days=30)


def handle_requests(runtime: Runtime) -> int:
    """Handles pending requests, one transaction per request; returns how many."""
    handled = 0
    while handle_next_request(runtime):
        handled += 1
    return handled


def handle_next_request(runtime: Runtime) -> bool:
    """Computes the hash whether or not the account is known, and outside any transaction: on SQLite the next request
    would wait for it, which would reveal that this account exists."""
    with runtime.read_only() as session:
        request = session.scalar(_due())
        if request is None:
            return False
        many = 0 if request.purpose == SIGN_IN_LINK else len(list(accounts_to_recover(session, request)))
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
    found = [] if request.purpose == SIGN_IN_LINK else list(accounts_to_recover(session, request))
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
            notify(session, account, Notice.RECOVERY_REQUESTED)
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


def purge_requests(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        session.execute(delete(RecoveryRequest).where(RecoveryRequest.handled_at < clock.now() - _KEPT))
