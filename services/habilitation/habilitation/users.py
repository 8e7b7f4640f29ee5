"""What a manager does to one user: credentials issued again, access withdrawn. Who may stands in the statement."""

from uuid import UUID

from chassis import clock, journal
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from habilitation import publishes
from habilitation.models import Mandate, Member, Membership, Organisation
from habilitation.queries import managed, managed_organisation


def managed_user(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID) -> Member:
    """Locked. Raises NotFound for a stranger, someone withdrawn already, and the administrator: they recover their
    credentials themselves, and only the Caf replaces them; Forbidden for someone who manages nobody."""
    managed_organisation(session, caller, organisation_id)
    administrator = exists().where(Mandate.account_id == Member.account_id, Mandate.until.is_(None))
    found = session.scalar(
        select(Member)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(
            Organisation.id == organisation_id,
            managed(caller),
            Member.account_id == account_id,
            Member.withdrawn_at.is_(None),
            ~administrator,
        )
        .with_for_update(of=Member)
    )
    if found is None:
        raise NotFound
    return found


def request_credentials(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID) -> None:
    """Asks identity for a login and a provisional password: whoever asks neither chooses nor sees them."""
    member = managed_user(session, caller, organisation_id, account_id)
    journal.record(
        session,
        actor=caller.sub,
        action="user.credentials_requested",
        subject=member.account_id,
        perimeter=member.organisation_id,
    )
    publishes.credentials_requested(session, member, caller.sub)


def withdraw(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID, reason: str | None) -> None:
    """The user has no right left from here on, and identity closes the account."""
    member = managed_user(session, caller, organisation_id, account_id)
    now = clock.now()
    member.withdrawn_at = now
    held = delete(Membership).where(Membership.account_id == account_id).returning(Membership.group_id)
    groups = sorted(str(group_id) for group_id in session.scalars(held))
    journal.record(
        session,
        actor=caller.sub,
        action="user.withdrawn",
        subject=account_id,
        perimeter=organisation_id,
        before={"groups": groups},
        reason=reason,
    )
    session.flush()
    publishes.access_changed(session, account_id)
    publishes.user_withdrawn(session, member, caller.sub, now)
