"""Handlers of the events that identity consumes: accounts to create with credentials, roles, bounces, withdrawals."""

from typing import TypedDict, cast
from uuid import UUID

from chassis import ids, landlords
from chassis.db import keep_newer
from chassis.runtime import Subscription
from chassis.texts import full_name
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from identity.accounts.commands import ClosingReason, close_account, create_account, follow_role
from identity.accounts.notices import Notice, notify
from identity.consumed_types import (
    AccessChanged,
    Bounced,
    CredentialsRequested,
    DelegationChanged,
    LandlordRegistered,
    LandlordRegisteredData,
    LandlordRegisteredPersonal,
    UserCreated,
    UserCreatedPersonal,
    UserWithdrawn,
)
from identity.credentials.commands import email_bounced, issue_again, issue_and_send
from identity.credentials.queries import own_recipient
from identity.domain.credentials import Purpose
from identity.domain.identifiers import normalise_email
from identity.models import Account, UserNumber
from identity.publishes import Recipient

# Of a user number, the Caf and its last e-mail and postal address. Built once: it runs for each landlord of a registry.
_NUMBERS = cast(Table, UserNumber.__table__).c
_KNOWN = select(_NUMBERS.caf_code, _NUMBERS.email, _NUMBERS.address).where(_NUMBERS.number == bindparam("number"))


class Names(TypedDict):
    civility: str | None
    last_name: str | None
    first_name: str | None


def landlord_registered(session: Session, event: LandlordRegistered) -> None:
    """Links the user number to its organisation, and creates the account of a new organisation.

    A legal person is one organisation per SIRET, so a second user number is only linked; a natural person is one
    organisation per user number, hence one account per département (both guides).
    """
    data, personal = event.data, event.personal
    known = session.execute(_KNOWN, {"number": data["user_number"]}).one_or_none()
    if not _tie_user_number(session, data, personal, known and known.caf_code):
        return
    email = _email(personal)
    account = create_account(
        session,
        ids.new_id(),
        kind="landlord",
        principal=True,
        organisation_id=UUID(data["organisation_id"]),
        # A legal person's account covers every département, so it belongs to no particular Caf.
        caf_code=data["caf_code"] if data["kind"] == "natural_person" else None,
        registry_caf=data["caf_code"],
        contact_name=personal["name"],
        contact_email=email,
        contact_address=personal["address"],
        **_names(personal),
    )
    if account is not None:
        recipient = Recipient(personal["name"], email, tuple(personal["address"]))
        issue_and_send(session, account, Purpose.CREATION, recipient, user_number=data["user_number"])
    elif known is not None and (known.email, known.address) != (email, personal["address"]):
        issue_again(session, UUID(data["organisation_id"]), data["user_number"])


def user_created(session: Session, event: UserCreated) -> None:
    """Creates the account of a user added by an administrator and e-mails login and password immediately."""
    data, personal = event.data, event.personal
    email = _email(personal)
    name = full_name(personal["first_name"], personal["last_name"])
    account = create_account(
        session,
        UUID(data["account_id"]),
        kind="landlord",
        organisation_id=UUID(data["organisation_id"]),
        caf_code=data["caf_code"],
        contact_name=name,
        contact_email=email,
        contact_address=[],
        **_names(personal),
    )
    if account is not None:
        issue_and_send(session, account, Purpose.CREATION, Recipient(name, email))


def access_changed(session: Session, event: AccessChanged) -> None:
    """Stores the role: it decides which account a user number recovers and who must have a second factor."""
    data = event.data
    role = data["role"] if data["active"] else None
    follow_role(session, UUID(data["account_id"]), role, data["version"])


def credentials_requested(session: Session, event: CredentialsRequested) -> None:
    """Reissues credentials to the user's own address; the requester is journalled and sees nothing."""
    account = session.get(Account, UUID(event.data["account_id"]))
    if account is not None and account.organisation_id == UUID(event.data["organisation_id"]):
        issue_and_send(session, account, Purpose.REISSUE, own_recipient(account), actor=event.data["requested_by"])


def delegation_changed(session: Session, event: DelegationChanged) -> None:
    """Notifies the person at the address identity knows: what they may do, and that a second factor is required."""
    account = session.get(Account, UUID(event.data["account_id"]))
    if account is not None and account.closed_at is None:
        notify(session, account, Notice.DELEGATE_DESIGNATED if event.data["delegate"] else Notice.DELEGATE_WITHDRAWN)


def user_withdrawn(session: Session, event: UserWithdrawn) -> None:
    """Closes the account of a user withdrawn from their organisation."""
    data = event.data
    close_account(session, UUID(data["account_id"]), ClosingReason.WITHDRAWN, actor=data["withdrawn_by"])


def bounced(session: Session, event: Bounced) -> None:
    """Notification could not deliver an e-mail: checks whether it contained credentials."""
    if event.data["account_id"] is not None:
        email_bounced(session, UUID(event.data["account_id"]), event.data["template"])


def _tie_user_number(
    session: Session, data: LandlordRegisteredData, personal: LandlordRegisteredPersonal, before: str | None
) -> bool:
    """False if a newer version of this landlord is already stored, or if the number belongs to another Caf. `before`:
    the number's Caf until now."""
    row = {
        "number": data["user_number"],
        "landlord_id": UUID(data["landlord_id"]),
        "organisation_id": UUID(data["organisation_id"]),
        "caf_code": data["caf_code"],
        "name": personal["name"],
        "email": _email(personal),
        "address": personal["address"],
        "version": data["version"],
        "moves": data.get("moves", 0),
    }
    if not keep_newer(session, UserNumber, row, newer=landlords.may_change, first=("landlord_id",)):
        return False
    if before not in (None, data["caf_code"]):
        _follow_to_caf(session, UUID(data["organisation_id"]), str(before), data["caf_code"])
    return True


def _follow_to_caf(session: Session, organisation_id: UUID, before: str, after: str) -> None:
    """Moves the accounts to the landlord's new Caf, unless the organisation has another number at the previous Caf."""
    here = (UserNumber.organisation_id == organisation_id, UserNumber.caf_code == before)
    if session.scalar(select(UserNumber.number).where(*here).limit(1)) is not None:
        return
    for column in (Account.caf_code, Account.registry_caf):
        mine = update(Account).where(Account.organisation_id == organisation_id, column == before)
        session.execute(mine.values({column: after}).execution_options(synchronize_session=False))


def _email(personal: LandlordRegisteredPersonal | UserCreatedPersonal) -> str | None:
    return normalise_email(personal["email"]) if personal["email"] else None


def _names(personal: LandlordRegisteredPersonal | UserCreatedPersonal) -> Names:
    return {
        "civility": personal["civility"],
        "last_name": personal["last_name"],
        "first_name": personal["first_name"],
    }


SUBSCRIPTIONS = (
    Subscription("registry.landlord_registered.v1", landlord_registered),
    Subscription("habilitation.user_created.v1", user_created),
    Subscription("notification.bounced.v1", bounced),
    Subscription("habilitation.access_changed.v1", access_changed, urgent=True),
    Subscription("habilitation.credentials_requested.v1", credentials_requested),
    Subscription("habilitation.user_withdrawn.v1", user_withdrawn, urgent=True),
    Subscription("habilitation.delegation_changed.v1", delegation_changed, urgent=True),
)
