"""The events identity publishes."""

from datetime import datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from chassis import clock, ids, outbox, sealing
from chassis import runtime as runtimes
from sqlalchemy.orm import Session

from identity.domain.credentials import Channel, Purpose
from identity.domain.guessing import LINK_LIFETIME
from identity.models import Account, EmailChange
from identity.published_types import (
    AccountActivatedData,
    AccountChangedData,
    AccountClosedData,
    AccountRestoredData,
    AccountSuspendedData,
    CredentialsIssuedData,
    CredentialsIssuedPersonal,
    EmailConfirmationAskedData,
    SecurityNoticeData,
    SignInLinkAskedData,
)

CREDENTIALS_ISSUED = "identity.credentials_issued.v1"
ACCOUNT_ACTIVATED = "identity.account_activated.v1"
ACCOUNT_SUSPENDED = "identity.account_suspended.v1"
ACCOUNT_RESTORED = "identity.account_restored.v1"
ACCOUNT_CLOSED = "identity.account_closed.v1"
ACCOUNT_MOVED = "identity.account_moved.v1"
ACCOUNT_CHANGED = "identity.account_changed.v1"
EMAIL_CONFIRMATION_ASKED = "identity.email_confirmation_asked.v1"
SIGN_IN_LINK_ASKED = "identity.sign_in_link_asked.v1"
SECURITY_NOTICE = "identity.security_notice.v1"
PUBLISHED = (
    CREDENTIALS_ISSUED,
    ACCOUNT_ACTIVATED,
    ACCOUNT_CHANGED,
    ACCOUNT_SUSPENDED,
    ACCOUNT_RESTORED,
    ACCOUNT_CLOSED,
    ACCOUNT_MOVED,
    EMAIL_CONFIRMATION_ASKED,
    SIGN_IN_LINK_ASKED,
    SECURITY_NOTICE,
)


class _Status(TypedDict):
    """Of an account that is suspended, restored, closed or moved."""

    account_id: str
    organisation_id: str | None
    caf_code: str | None
    kind: str
    supervisor: bool
    version: int


class Recipient(NamedTuple):
    """Recipient of a message; `address` holds the postal lines below the name."""

    name: str
    email: str | None
    address: tuple[str, ...] = ()


class Issue(NamedTuple):
    id: UUID
    channel: Channel
    purpose: Purpose
    expires_at: datetime
    password: str
    user_number: str | None


def credentials_issued(
    session: Session, account: Account, issue: Issue, recipient: Recipient, *, caf_code: str | None
) -> None:
    """Login and password are sealed: only notification can read them. `caf_code`: whose agents see the message."""
    secret = {"login": account.login, "password": issue.password}
    data: CredentialsIssuedData = {
        "account_id": str(account.id),
        "organisation_id": _text(account.organisation_id),
        "caf_code": caf_code,
        "user_number": issue.user_number,
        "channel": issue.channel.value,
        "purpose": issue.purpose.value,
        "issue_id": str(issue.id),
        "expires_at": clock.iso(issue.expires_at),
        "sealed": sealing.seal_for(runtimes.of(session).settings, "notification", secret),
    }
    personal: CredentialsIssuedPersonal = {
        "name": recipient.name,
        "email": recipient.email,
        "address": list(recipient.address) or None,
    }
    outbox.publish(session, CREDENTIALS_ISSUED, account.id, data, personal)


def account_activated(session: Session, account: Account, activated_at: datetime) -> None:
    data: AccountActivatedData = {
        "account_id": str(account.id),
        "organisation_id": _text(account.organisation_id),
        "caf_code": account.caf_code,
        "kind": account.kind,
        "activated_at": clock.iso(activated_at),
        "version": account.version,
    }
    personal = {
        "civility": account.civility,
        "last_name": account.last_name,
        "first_name": account.first_name,
        "email": account.email,
    }
    outbox.publish(session, ACCOUNT_ACTIVATED, account.id, data, personal)


def account_changed(session: Session, account: Account) -> None:
    """Not published before the activation, which contains the same data: no service stores the account until then."""
    if account.activated_at is None:
        return
    data: AccountChangedData = {
        "account_id": str(account.id),
        "organisation_id": _text(account.organisation_id),
        "kind": account.kind,
        "changed_at": clock.iso(clock.now()),
        "version": account.version,
    }
    known = ("civility", "last_name", "first_name", "function", "email")
    outbox.publish(session, ACCOUNT_CHANGED, account.id, data, {name: getattr(account, name) for name in known})


def email_confirmation_asked(
    session: Session, account: Account, change: EmailChange, code: str, *, taken: bool, caf_code: str | None
) -> None:
    """The code is sealed: only notification can read it. `taken`: another account has confirmed the address."""
    data: EmailConfirmationAskedData = {
        "account_id": str(account.id),
        "change_id": str(change.id),
        "caf_code": caf_code,
        "expires_at": clock.iso(change.expires_at),
        "sealed": sealing.seal_for(runtimes.of(session).settings, "notification", {"code": code}),
        "taken": taken,
    }
    outbox.publish(session, EMAIL_CONFIRMATION_ASKED, account.id, data, {"name": account.name, "email": change.email})


def sign_in_link_asked(session: Session, account: Account, email: str, token: str) -> None:
    """The link is sealed: only notification can read it."""
    settings = runtimes.of(session).settings
    link = f"{settings.public_url}/compte/connexion/lien/ouvrir?jeton={token}"
    data: SignInLinkAskedData = {
        "account_id": str(account.id),
        "link_id": str(ids.new_id()),
        "caf_code": account.caf_code,
        "expires_at": clock.iso(clock.now() + LINK_LIFETIME),
        "sealed": sealing.seal_for(settings, "notification", {"link": link}),
    }
    outbox.publish(session, SIGN_IN_LINK_ASKED, account.id, data, {"name": account.name, "email": email})


def security_notice(
    session: Session, account: Account, kind: str, *, factor: str | None, email: str, caf_code: str | None
) -> None:
    data: SecurityNoticeData = {
        "account_id": str(account.id),
        "notice_id": str(ids.new_id()),
        "caf_code": caf_code,
        "kind": kind,
        "factor": factor,
        "happened_at": clock.iso(clock.now()),
    }
    outbox.publish(session, SECURITY_NOTICE, account.id, data, {"name": account.name, "email": email})


def account_suspended(session: Session, account: Account, suspended_at: datetime) -> None:
    """Suspended by itself or with its organisation: nobody can sign in to the account until it is restored."""
    data: AccountSuspendedData = {**_status(account), "suspended_at": clock.iso(suspended_at)}
    outbox.publish(session, ACCOUNT_SUSPENDED, account.id, data)


def account_restored(session: Session, account: Account, restored_at: datetime) -> None:
    data: AccountRestoredData = {**_status(account), "restored_at": clock.iso(restored_at)}
    outbox.publish(session, ACCOUNT_RESTORED, account.id, data)


def account_closed(session: Session, account: Account, closed_at: datetime) -> None:
    """Final: the holder has no rights left."""
    data: AccountClosedData = {**_status(account), "closed_at": clock.iso(closed_at)}
    outbox.publish(session, ACCOUNT_CLOSED, account.id, data)


def account_moved(session: Session, account: Account, moved_at: datetime) -> None:
    """An agent changes Caf, or becomes or stops being a supervisor: effective immediately, whatever the token says."""
    outbox.publish(session, ACCOUNT_MOVED, account.id, {**_status(account), "moved_at": clock.iso(moved_at)})


def _status(account: Account) -> _Status:
    return {
        "account_id": str(account.id),
        "organisation_id": _text(account.organisation_id),
        "caf_code": account.caf_code,
        "kind": account.kind,
        "supervisor": account.supervisor,
        "version": account.version,
    }


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)
