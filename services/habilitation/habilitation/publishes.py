"""The facts that habilitation tells the other services."""

from uuid import UUID

from chassis import outbox
from sqlalchemy import update
from sqlalchemy.orm import Session

from habilitation import access
from habilitation.models import Member

ACCESS_CHANGED = "habilitation.access_changed.v1"
USER_CREATED = "habilitation.user_created.v1"
PUBLISHED = (ACCESS_CHANGED, USER_CREATED)


def access_changed(session: Session, account_id: UUID) -> None:
    """Tells everyone the person's rights as they are now, under a new version."""
    raised = update(Member).where(Member.account_id == account_id).values(access_version=Member.access_version + 1)
    session.execute(raised)
    held = access.of(session, account_id)
    data = {
        "account_id": str(account_id),
        "organisation_id": str(held.organisation_id),
        "role": held.role,
        "scopes": [scope.to_json() for scope in held.scopes],
        "active": True,
        "version": held.version,
    }
    outbox.publish(session, ACCESS_CHANGED, account_id, data)


def user_created(session: Session, member: Member) -> None:
    """Asks identity for an account and its credentials, at once."""
    data = {"account_id": str(member.account_id), "organisation_id": str(member.organisation_id), "caf_code": None}
    personal = {
        "civility": member.civility,
        "last_name": member.last_name,
        "first_name": member.first_name,
        "email": member.email,
    }
    outbox.publish(session, USER_CREATED, member.account_id, data, personal)
