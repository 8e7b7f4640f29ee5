"""Reads and writes of organisations; each statement carries the caller's perimeter itself."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from chassis import journal
from chassis.auth import Caller
from chassis.ids import new_id
from chassis.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from habilitation import access, domain, publishes
from habilitation.access import Access
from habilitation.domain import Scope
from habilitation.models import (
    AccountStanding,
    Group,
    GroupScope,
    Mandate,
    Member,
    Membership,
    Organisation,
    OrganisationCaf,
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Organisations the caller may see: their own, unless suspended; an agent those of their Caf, a supervisor all."""
    if caller.kind != "agent":
        suspended = exists().where(AccountStanding.account_id == caller.sub, AccountStanding.suspended)
        return (Organisation.id == caller.org) & ~suspended
    if caller.supervisor:
        return Organisation.id.is_not(None)
    return exists().where(OrganisationCaf.organisation_id == Organisation.id, OrganisationCaf.caf_code == caller.caf)


def managed(caller: Caller) -> ColumnElement[bool]:
    """Organisations whose users and groups the caller manages: those of which they are the administrator."""
    mandate = exists().where(
        Mandate.organisation_id == Organisation.id, Mandate.account_id == caller.sub, Mandate.until.is_(None)
    )
    return (Organisation.id == caller.org) & visible(caller) & mandate


def my_access(session: Session, caller: Caller) -> Access:
    """Raises NotFound until habilitation has heard of the person's first sign-in."""
    try:
        held = access.of(session, caller.sub)
    except NoResultFound:
        raise NotFound("Vos droits ne sont pas encore ouverts. Réessayez dans un instant.") from None
    if not held.active:
        raise NotFound("Votre accès à cet organisme a été retiré.")
    return held


def organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """Raises NotFound outside the caller's perimeter."""
    found = session.execute(select(Organisation).where(Organisation.id == organisation_id, visible(caller)))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def managed_organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """Raises NotFound outside the perimeter, Forbidden for someone of the organisation who does not manage it."""
    found = session.execute(select(Organisation).where(Organisation.id == organisation_id, managed(caller)))
    row = found.scalar_one_or_none()
    if row is None:
        organisation(session, caller, organisation_id)
        raise Forbidden("Seul l’administrateur gère les utilisateurs et les groupes.")
    return row


def groups(session: Session, caller: Caller, organisation_id: UUID) -> list[dict[str, Any]]:
    owner = organisation(session, caller, organisation_id)
    scopes: dict[UUID, list[Scope]] = defaultdict(list)
    rows = session.execute(
        select(Group, GroupScope)
        .join(GroupScope, GroupScope.group_id == Group.id)
        .where(Group.organisation_id == owner.id)
        .order_by(Group.label)
    ).all()
    for group, scope in rows:
        scopes[group.id].append(Scope(scope.housing_type, scope.zone))
    return [_group_to_json(group, scopes[group.id]) for group in dict.fromkeys(group for group, _ in rows)]


def _group_to_json(group: Group, scopes: list[Scope]) -> dict[str, Any]:
    return {
        "id": str(group.id),
        "label": group.label,
        "automatic": group.automatic,
        "scopes": [scope.to_json() for scope in sorted(scopes)],
    }


def add_group(
    session: Session, caller: Caller, organisation_id: UUID, label: str, scopes: list[Scope]
) -> dict[str, Any]:
    owner = managed_organisation(session, caller, organisation_id)
    scopes = domain.checked_scopes(scopes)
    group = Group(id=new_id(), organisation_id=owner.id, label=label, automatic=False)
    session.add(group)
    session.flush()
    session.add_all(GroupScope(group_id=group.id, housing_type=one.housing_type, zone=one.zone) for one in scopes)
    session.flush()
    shown = _group_to_json(group, scopes)
    journal.record(session, actor=caller.sub, action="group.created", subject=group.id, perimeter=owner.id, after=shown)
    publishes.access_changed(session, caller.sub)
    return shown


def users(session: Session, caller: Caller, organisation_id: UUID) -> list[dict[str, Any]]:
    owner = organisation(session, caller, organisation_id)
    held: dict[UUID, list[str]] = defaultdict(list)
    for account_id, group_id in session.execute(
        select(Membership.account_id, Membership.group_id).join(Group).where(Group.organisation_id == owner.id)
    ):
        held[account_id].append(str(group_id))
    administrators = set(
        session.execute(
            select(Mandate.account_id).where(Mandate.organisation_id == owner.id, Mandate.until.is_(None))
        ).scalars()
    )
    people = session.execute(
        select(Member)
        .where(Member.organisation_id == owner.id, Member.withdrawn_at.is_(None))
        .order_by(Member.last_name, Member.first_name)
    )
    return [_member_to_json(one, one.account_id in administrators, held[one.account_id]) for one in people.scalars()]


def _member_to_json(member: Member, administrator: bool, group_ids: list[str]) -> dict[str, Any]:
    role = domain.ADMINISTRATOR if administrator else domain.USER
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
    }


def add_user(session: Session, caller: Caller, organisation_id: UUID, new: dict[str, Any]) -> dict[str, Any]:
    """Creates the user in the ticked groups; identity then sends login and password. Raises Invalid, Conflict."""
    owner = managed_organisation(session, caller, organisation_id)
    if owner.kind != "legal_person":
        raise Conflict("Un bailleur personne physique a un seul compte : il ne crée pas d’utilisateurs.")
    group_ids = _owned_groups(session, owner.id, new["groups"])
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
    return _member_to_json(member, False, after["groups"])


def _owned_groups(session: Session, organisation_id: UUID, wanted: list[UUID]) -> list[UUID]:
    statement = select(Group.id).where(Group.organisation_id == organisation_id, Group.id.in_(wanted))
    owned = sorted(session.execute(statement).scalars())
    if not owned or len(owned) != len(set(wanted)):
        detail = "Cochez au moins un groupe de votre organisme."
        raise Invalid([FieldError(pointer="/groups", code="groups", detail=detail)])
    return owned


def journal_lines(session: Session, caller: Caller, organisation_id: UUID, limit: int) -> list[dict[str, Any]]:
    owner = managed_organisation(session, caller, organisation_id)
    table = Organisation.metadata.tables["journal"]
    lines = select(table).where(table.c.perimeter == str(owner.id)).order_by(table.c.seq.desc()).limit(limit)
    shown = ("actor", "action", "subject", "before", "after", "reason")
    return [
        {"at": row["at"].isoformat(), **{name: row[name] for name in shown}}
        for row in session.execute(lines).mappings()
    ]
