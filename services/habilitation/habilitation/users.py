"""Users of an organisation and how a manager acts on them. Each statement includes the permissions."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from chassis import clock, journal
from chassis.auth import Caller
from chassis.ids import new_id
from chassis.problems import FieldError, Invalid, NotFound, TooManyRequests
from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from habilitation import api_types, delegations, domain, emails, publishes
from habilitation.models import AdministratorTerm, Delegation, Group, Member, Membership, Organisation
from habilitation.perimeter import assignable, listed_users, manageable, managed
from habilitation.queries import managed_organisation, recent_lines, shared_organisation

_ASKED_AGAIN = "user.credentials_requested"


def listed(session: Session, caller: Caller, organisation_id: UUID) -> list[api_types.User]:
    """Sorted by name. Raises NotFound outside the perimeter."""
    owner = shared_organisation(session, caller, organisation_id)
    term = and_(AdministratorTerm.account_id == Member.account_id, AdministratorTerm.until.is_(None))
    delegation = and_(Delegation.account_id == Member.account_id, Delegation.until.is_(None))
    people = session.execute(
        select(Member, AdministratorTerm.id, Delegation, manageable(caller))
        .outerjoin(AdministratorTerm, term)
        .outerjoin(Delegation, delegation)
        .where(Member.organisation_id == owner.id, Member.withdrawn_at.is_(None), listed_users(caller))
        .order_by(Member.last_name, Member.first_name)
    ).all()
    held, delegated = _held(session, owner.id), delegations.groups_of(session, owner.id)
    return [
        _to_json(one, held[one.account_id], term is not None, _shown(current, delegated), bool(managed))
        for one, term, current, managed in people
    ]


def _held(session: Session, organisation_id: UUID) -> dict[UUID, list[str]]:
    held: dict[UUID, list[str]] = defaultdict(list)
    mine = (
        select(Membership.account_id, Membership.group_id).join(Group).where(Group.organisation_id == organisation_id)
    )
    for account_id, group_id in session.execute(mine):
        held[account_id].append(str(group_id))
    return held


def _shown(current: Delegation | None, delegated: dict[UUID, list[str]]) -> api_types.Delegation | None:
    if current is None:
        return None
    return {"all_groups": current.all_groups, "groups": delegated[current.id]}


def _to_json(
    member: Member, group_ids: list[str], administrator: bool, delegation: api_types.Delegation | None, managed: bool
) -> api_types.User:
    role = domain.role_of(administrator=administrator, delegate=delegation is not None)
    return {
        "account_id": str(member.account_id),
        "civility": member.civility,
        "last_name": member.last_name,
        "first_name": member.first_name,
        "email": member.email,
        "function": member.function,
        "role": role,
        "role_label": domain.ROLES[role],
        "active": member.activated_at is not None,
        "groups": sorted(group_ids),
        "delegation": delegation,
        "manageable": managed,
    }


def add(session: Session, caller: Caller, organisation_id: UUID, new: Mapping[str, Any]) -> api_types.User:
    """Creates the user in the ticked groups; identity then sends login and password.

    Raises Invalid; TooManyRequests if the caller tried too many addresses already taken."""
    owner = managed_organisation(session, caller, organisation_id)
    group_ids = _given(session, caller, owner.id, new["groups"])
    emails.check_free(session, caller, new["email"])
    person = {name: new[name] for name in ("civility", "last_name", "first_name", "email", "function")}
    member = Member(account_id=new_id(), organisation_id=owner.id, access_version=0, **person)
    session.add(member)
    session.flush()
    session.add_all(Membership(account_id=member.account_id, group_id=group_id) for group_id in group_ids)
    session.flush()
    after = {"groups": [str(group_id) for group_id in group_ids]}
    journal.record(
        session, actor=caller.sub, action="user.created", subject=member.account_id, perimeter=owner.id, after=after
    )
    publishes.user_created(session, member)
    # Immediately, not at the first sign-in: a program may act as a user who never signs in.
    publishes.access_changed(session, member.account_id)
    return _to_json(member, after["groups"], False, None, True)


def _given(session: Session, caller: Caller, organisation_id: UUID, wanted: list[UUID]) -> list[UUID]:
    statement = select(Group.id).where(
        Group.organisation_id == organisation_id, Group.id.in_(wanted), assignable(caller)
    )
    given = sorted(session.execute(statement).scalars())
    if not given or len(given) != len(set(wanted)):
        detail = "Cochez au moins un groupe, parmi ceux que vous pouvez donner."
        raise Invalid([FieldError(pointer="/groups", code="groups", detail=detail)])
    return given


def managed_user(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID) -> Member:
    """Locks the row. Raises NotFound for a user unknown, already withdrawn or not managed by the caller; Forbidden for
    a caller who manages nobody."""
    managed_organisation(session, caller, organisation_id)
    found = session.scalar(
        select(Member)
        .join(Organisation, Organisation.id == Member.organisation_id)
        .where(
            Organisation.id == organisation_id,
            managed(caller),
            Member.account_id == account_id,
            Member.withdrawn_at.is_(None),
            manageable(caller),
        )
        .with_for_update(of=Member)
    )
    if found is None:
        raise NotFound
    return found


def request_credentials(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID) -> None:
    """Asks identity to reissue login and provisional password; the caller neither chooses nor sees them.

    Raises TooManyRequests: each issue voids the previous one and sends messages to the user.
    """
    member = managed_user(session, caller, organisation_id, account_id)
    latest = recent_lines(session, _ASKED_AGAIN, member.account_id, clock.now() - domain.REISSUES_WITHIN)
    if wait := domain.wait_before_reissue(latest, clock.now()):
        raise TooManyRequests(ceil(wait.total_seconds()))
    journal.record(
        session,
        actor=caller.sub,
        action=_ASKED_AGAIN,
        subject=member.account_id,
        perimeter=member.organisation_id,
    )
    publishes.credentials_requested(session, member, caller.sub)


def withdraw(session: Session, caller: Caller, organisation_id: UUID, account_id: UUID, reason: str | None) -> None:
    """Removes all the user's rights immediately; identity then closes the account."""
    member = managed_user(session, caller, organisation_id, account_id)
    now = clock.now()
    _remove_rights(session, member, now, actor=caller.sub, action="user.withdrawn", reason=reason)
    publishes.user_withdrawn(session, member, caller.sub, now)


def close(session: Session, account_id: UUID, at: datetime) -> None:
    """As `withdraw`, when the Caf has closed the account; does nothing for a user already withdrawn.

    An administrator's term continues until an agent replaces them: there is no other way to appoint one.
    """
    member = session.get_one(Member, account_id, with_for_update=True, populate_existing=True)
    if member.withdrawn_at is None:
        _remove_rights(session, member, at, actor="system", action="user.account_closed", reason=None)


def _remove_rights(
    session: Session, member: Member, at: datetime, *, actor: UUID | str, action: str, reason: str | None
) -> None:
    member.withdrawn_at = at
    delegations.end(session, member.account_id, at)
    held = delete(Membership).where(Membership.account_id == member.account_id).returning(Membership.group_id)
    groups = sorted(str(group_id) for group_id in session.scalars(held))
    journal.record(
        session,
        actor=actor,
        action=action,
        subject=member.account_id,
        perimeter=member.organisation_id,
        before={"groups": groups},
        reason=reason,
    )
    session.flush()
    publishes.access_changed(session, member.account_id)
