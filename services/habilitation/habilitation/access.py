"""A person's access rights, computed from rows and never stored twice."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from chassis import account_status
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from habilitation import domain
from habilitation.domain import Scope
from habilitation.models import AdministratorTerm, Delegation, Group, GroupScope, Member, Membership, Organisation


@dataclass(frozen=True)
class Access:
    account_id: UUID
    organisation_id: UUID
    organisation_name: str
    organisation_kind: str
    role: str
    scopes: list[Scope]
    version: int
    active: bool


def of(session: Session, account_id: UUID) -> Access:
    """Raises NoResultFound for a person who belongs to no organisation."""
    current = and_(AdministratorTerm.account_id == Member.account_id, AdministratorTerm.until.is_(None))
    delegated = and_(Delegation.account_id == Member.account_id, Delegation.until.is_(None))
    statement = (
        select(
            Member,
            Organisation.name,
            Organisation.kind,
            AdministratorTerm.id.label("mandate"),
            Delegation.id.label("delegation"),
            account_status.shut_down(Organisation.metadata, Member.account_id).label("suspended"),
        )
        .join(Organisation, Organisation.id == Member.organisation_id)
        .outerjoin(AdministratorTerm, current)
        .outerjoin(Delegation, delegated)
        .where(Member.account_id == account_id)
    )
    row = session.execute(statement).one()
    member = row.Member
    role = domain.role_of(administrator=row.mandate is not None, delegate=row.delegation is not None)
    everything = role == domain.ADMINISTRATOR
    alone = row.kind == domain.NATURAL_PERSON
    scopes = _scopes(session, account_id, member.organisation_id, everything=everything, registry_only=alone)
    active = member.withdrawn_at is None and not row.suspended
    organisation = (member.organisation_id, row.name, row.kind)
    return Access(account_id, *organisation, role, scopes, member.access_version, active)


def _scopes(
    session: Session, account_id: UUID, organisation_id: UUID, *, everything: bool, registry_only: bool
) -> list[Scope]:
    """The administrator gets all groups of the organisation, others the groups they are members of.

    A natural person only gets the groups created from the registry, even if others were added.
    """
    held = select(Membership.group_id).where(Membership.account_id == account_id)
    statement = (
        select(GroupScope.group_id, GroupScope.housing_type, GroupScope.zone)
        .join(Group, Group.id == GroupScope.group_id)
        .where(Group.organisation_id == organisation_id)
    )
    if registry_only:
        statement = statement.where(Group.automatic)
    if not everything:
        statement = statement.where(Group.id.in_(held))
    groups: dict[UUID, list[Scope]] = defaultdict(list)
    for group_id, housing_type, zone in session.execute(statement):
        groups[group_id].append(Scope(housing_type, zone))
    return domain.union(groups.values())
