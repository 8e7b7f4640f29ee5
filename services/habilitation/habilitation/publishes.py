"""The events that habilitation publishes."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from chassis import clock, outbox
from sqlalchemy import update
from sqlalchemy.orm import Session

from habilitation import access
from habilitation.models import Member
from habilitation.published_types import (
    AccessChangedData,
    CredentialsRequestedData,
    DelegationChangedData,
    UserCreatedData,
    UserCreatedPersonal,
    UserWithdrawnData,
)

ACCESS_CHANGED = "habilitation.access_changed.v1"
USER_CREATED = "habilitation.user_created.v1"
CREDENTIALS_REQUESTED = "habilitation.credentials_requested.v1"
USER_WITHDRAWN = "habilitation.user_withdrawn.v1"
DELEGATION_CHANGED = "habilitation.delegation_changed.v1"
PUBLISHED = (ACCESS_CHANGED, USER_CREATED, CREDENTIALS_REQUESTED, USER_WITHDRAWN, DELEGATION_CHANGED)


def access_changed(session: Session, account_id: UUID) -> None:
    """Publishes the person's current rights under a new version."""
    raised = update(Member).where(Member.account_id == account_id).values(access_version=Member.access_version + 1)
    session.execute(raised)
    held = access.of(session, account_id)
    data: AccessChangedData = {
        "account_id": str(account_id),
        "organisation_id": str(held.organisation_id),
        "role": held.role,
        "scopes": [{"housing_type": scope.housing_type, "zone": scope.zone} for scope in held.scopes],
        "active": held.active,
        "version": held.version,
    }
    outbox.publish(session, ACCESS_CHANGED, account_id, data)


def user_created(session: Session, member: Member) -> None:
    """Asks identity to create an account and issue its credentials immediately."""
    data: UserCreatedData = {**_of(member), "caf_code": None}
    personal: UserCreatedPersonal = {
        "civility": member.civility,
        "last_name": member.last_name,
        "first_name": member.first_name,
        "email": member.email,
    }
    outbox.publish(session, USER_CREATED, member.account_id, data, personal)


def credentials_requested(session: Session, member: Member, by: UUID) -> None:
    """Asks identity to reissue the user's credentials."""
    data: CredentialsRequestedData = {**_of(member), "requested_by": str(by)}
    outbox.publish(session, CREDENTIALS_REQUESTED, member.account_id, data)


def user_withdrawn(session: Session, member: Member, by: UUID, at: datetime) -> None:
    """Tells identity that the user has no reason left to sign in."""
    data: UserWithdrawnData = {**_of(member), "withdrawn_by": str(by), "withdrawn_at": clock.iso(at)}
    outbox.publish(session, USER_WITHDRAWN, member.account_id, data)


def delegation_changed(session: Session, member: Member, by: UUID, at: datetime, *, delegate: bool) -> None:
    """Published when a user becomes a delegate or stops being one; their rights are in `access_changed`."""
    data: DelegationChangedData = {
        **_of(member),
        "delegate": delegate,
        "changed_by": str(by),
        "changed_at": clock.iso(at),
    }
    outbox.publish(session, DELEGATION_CHANGED, member.account_id, data)


class _Who(TypedDict):
    account_id: str
    organisation_id: str


def _of(member: Member) -> _Who:
    return {"account_id": str(member.account_id), "organisation_id": str(member.organisation_id)}
