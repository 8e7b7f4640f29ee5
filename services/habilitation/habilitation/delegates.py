"""Designating and withdrawing delegates: reserved to the administrator; delegates cannot do it."""

from dataclasses import dataclass
from uuid import UUID

from chassis import clock, journal
from chassis.auth import Caller
from chassis.ids import new_id
from chassis.problems import Conflict, FieldError, Invalid
from sqlalchemy import select
from sqlalchemy.orm import Session

from habilitation import delegations, domain, publishes
from habilitation.api_types import Delegation as DelegationTerms
from habilitation.api_types import UserDelegation
from habilitation.models import DelegatedGroup, Delegation, Member, Membership
from habilitation.queries import administered_organisation
from habilitation.users import managed_user


@dataclass(frozen=True)
class Designation:
    """Covers all the groups the person belongs to, or the listed groups."""

    all_groups: bool
    groups: frozenset[UUID]
    reason: str | None


def designate(
    session: Session, caller: Caller, organisation_id: UUID, account_id: UUID, wanted: Designation
) -> UserDelegation:
    """Makes the user a delegate, or changes the groups of the delegation. Raises NotFound, Forbidden, Invalid."""
    administered_organisation(session, caller, organisation_id)
    member = managed_user(session, caller, organisation_id, account_id)
    domain.check_delegation(wanted.all_groups, wanted.groups)
    _check_held(session, member, wanted.groups)
    now = clock.now()
    before = delegations.end(session, account_id, now)
    made = Delegation(
        id=new_id(), organisation_id=organisation_id, account_id=account_id, all_groups=wanted.all_groups, since=now
    )
    session.add(made)
    session.flush()
    session.add_all(DelegatedGroup(delegation_id=made.id, group_id=group_id) for group_id in wanted.groups)
    after: DelegationTerms = {"all_groups": wanted.all_groups, "groups": sorted(str(one) for one in wanted.groups)}
    _written(session, caller, member, "delegate.designated", before, after, wanted.reason)
    if before is None:
        publishes.delegation_changed(session, member, caller.sub, now, delegate=True)
    return {"account_id": str(account_id), **after}


def withdraw(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID, reason: str | None) -> None:
    """Makes the delegate an ordinary user. Raises NotFound, Forbidden, Conflict if the user is not a delegate."""
    administered_organisation(session, caller, organisation_id)
    member, now = managed_user(session, caller, organisation_id, account_id), clock.now()
    before = delegations.end(session, account_id, now)
    if before is None:
        raise Conflict("Cet utilisateur n’est pas responsable d’habilitation.")
    _written(session, caller, member, "delegate.withdrawn", before, None, reason)
    publishes.delegation_changed(session, member, caller.sub, now, delegate=False)


def _check_held(session: Session, member: Member, wanted: frozenset[UUID]) -> None:
    """A delegate can only assign groups they belong to, so the delegation is limited to these. Raises Invalid."""
    mine = select(Membership.group_id).where(
        Membership.account_id == member.account_id, Membership.group_id.in_(wanted)
    )
    if set(session.scalars(mine)) != wanted:
        detail = "Un responsable ne donne que ce qu’il a : cochez des groupes de cet utilisateur."
        raise Invalid([FieldError(pointer="/groups", code="held", detail=detail)])


def _written(
    session: Session,
    caller: Caller,
    member: Member,
    action: str,
    before: DelegationTerms | None,
    after: DelegationTerms | None,
    reason: str | None,
) -> None:
    journal.record(
        session,
        actor=caller.sub,
        action=action,
        subject=member.account_id,
        perimeter=member.organisation_id,
        before=before,
        after=after,
        reason=reason,
    )
    session.flush()
    publishes.access_changed(session, member.account_id)
