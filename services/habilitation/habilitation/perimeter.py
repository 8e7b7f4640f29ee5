"""What a caller can see and manage, as SQL conditions that each query includes."""

from typing import Any

from chassis import account_status
from chassis.auth import Caller
from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import aliased

from habilitation import domain
from habilitation.models import (
    AdministratorTerm,
    DelegatedGroup,
    Delegation,
    Group,
    Member,
    Membership,
    Organisation,
    OrganisationCaf,
)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Organisations the caller may see: their own, unless suspended or withdrawn; for an agent those of their Caf;
    for a supervisor all."""
    if caller.kind != "agent":
        suspended = account_status.shut_down(Organisation.metadata, caller.sub)
        gone = aliased(Member)
        withdrawn = exists().where(gone.account_id == caller.sub, gone.withdrawn_at.is_not(None))
        return (Organisation.id == caller.org) & ~suspended & ~withdrawn
    if caller.supervisor:
        return Organisation.id.is_not(None)
    return exists().where(OrganisationCaf.organisation_id == Organisation.id, OrganisationCaf.caf_code == caller.caf)


def shared() -> ColumnElement[bool]:
    """Organisations that have users and groups, i.e. legal persons."""
    return Organisation.kind == domain.LEGAL_PERSON


def administered(caller: Caller) -> ColumnElement[bool]:
    """The organisation that the caller administers."""
    return shared() & (Organisation.id == caller.org) & visible(caller) & _administrator(caller, Organisation.id)


def managed(caller: Caller) -> ColumnElement[bool]:
    """The organisation whose users the caller manages: all of them as administrator, some as delegate."""
    current = aliased(Delegation)
    delegate = exists().where(
        current.organisation_id == Organisation.id, current.account_id == caller.sub, current.until.is_(None)
    )
    manager = or_(_administrator(caller, Organisation.id), delegate)
    return shared() & (Organisation.id == caller.org) & visible(caller) & manager


def assignable(caller: Caller) -> ColumnElement[bool]:
    """Groups the caller may assign to users: any for the administrator; for a delegate those delegated to them that
    they currently belong to."""
    mine, current = aliased(Membership), aliased(Delegation)
    held = exists().where(mine.account_id == caller.sub, mine.group_id == Group.id)
    some = select(DelegatedGroup.group_id).where(DelegatedGroup.delegation_id == current.id)
    delegated = exists().where(
        current.organisation_id == Group.organisation_id,
        current.account_id == caller.sub,
        current.until.is_(None),
        or_(current.all_groups, Group.id.in_(some)),
    )
    return or_(_administrator(caller, Group.organisation_id), held & delegated)


def manageable(caller: Caller) -> ColumnElement[bool]:
    """Users the caller may manage: never the administrator, whom only the Caf replaces; for a delegate no other
    delegate and no user with a group that this delegate cannot assign."""
    term, current = aliased(AdministratorTerm), aliased(Delegation)
    administrator = exists().where(term.account_id == Member.account_id, term.until.is_(None))
    delegate = exists().where(current.account_id == Member.account_id, current.until.is_(None))
    theirs = exists().where(Membership.account_id == Member.account_id)
    beyond = exists().where(
        Membership.account_id == Member.account_id, Group.id == Membership.group_id, ~assignable(caller)
    )
    within = theirs & ~beyond & ~delegate
    return ~administrator & or_(_administrator(caller, Member.organisation_id), within)


def listed_users(caller: Caller) -> ColumnElement[bool]:
    """Users shown in an organisation that the caller sees: all for its administrator and the Caf, otherwise those the
    caller manages and the caller."""
    if caller.kind == "agent":
        return true()
    everybody = _administrator(caller, Member.organisation_id)
    return or_(everybody, Member.account_id == caller.sub, manageable(caller))


def listed_groups(caller: Caller) -> ColumnElement[bool]:
    """Groups shown: all for the administrator and the Caf, otherwise those the caller belongs to."""
    if caller.kind == "agent":
        return true()
    held = exists().where(Membership.account_id == caller.sub, Membership.group_id == Group.id)
    return or_(_administrator(caller, Group.organisation_id), held)


def _administrator(caller: Caller, organisation_id: Any) -> ColumnElement[bool]:
    term = aliased(AdministratorTerm)
    return exists().where(term.organisation_id == organisation_id, term.account_id == caller.sub, term.until.is_(None))
