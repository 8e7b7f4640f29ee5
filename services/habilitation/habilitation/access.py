"""A person's access rights, computed from rows and never stored twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis import account_status
from chassis.db import any_row
from chassis.runtime import Runtime
from sqlalchemy import Row, Select, and_, bindparam, or_, select
from sqlalchemy.exc import NoResultFound
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
    return _access(account_id, session.execute(_STATEMENT, {"account_id": account_id}).all())


def read(runtime: Runtime, account_id: UUID) -> Access:
    """As `of`, outside a transaction. Raises NoResultFound."""
    return _access(account_id, runtime.rows(_STATEMENT, {"account_id": account_id}))


def _access(account_id: UUID, rows: Sequence[Row[*tuple[Any, ...]]]) -> Access:
    """From a row per scope; one without a scope for a person who holds none."""
    if not rows:
        raise NoResultFound
    person = rows[0]
    return Access(
        account_id,
        person.organisation_id,
        person.name,
        person.kind,
        domain.role_of(administrator=person.administrator, delegate=person.delegate),
        domain.union([Scope(row.housing_type, row.zone)] for row in rows if row.zone is not None),
        person.access_version,
        active=person.withdrawn_at is None and not person.suspended,
    )


def _statement() -> Select[*tuple[Any, ...]]:
    """The administrator holds all groups of the organisation, others the groups they are members of.

    A natural person only holds the groups created from the registry, even if others were added.
    """
    current = and_(AdministratorTerm.account_id == Member.account_id, AdministratorTerm.until.is_(None))
    delegated = and_(Delegation.account_id == Member.account_id, Delegation.until.is_(None))
    joined = any_row(Membership, Membership.account_id == Member.account_id, Membership.group_id == Group.id)
    held = and_(
        Group.organisation_id == Member.organisation_id,
        or_(Group.automatic, Organisation.kind != domain.NATURAL_PERSON),
        or_(AdministratorTerm.id.is_not(None), joined),
    )
    return (
        select(
            Member.organisation_id,
            Member.access_version,
            Member.withdrawn_at,
            Organisation.name,
            Organisation.kind,
            AdministratorTerm.id.is_not(None).label("administrator"),
            Delegation.id.is_not(None).label("delegate"),
            account_status.shut_down(Organisation.metadata, Member.account_id).label("suspended"),
            GroupScope.housing_type,
            GroupScope.zone,
        )
        .join(Organisation, Organisation.id == Member.organisation_id)
        .outerjoin(AdministratorTerm, current)
        .outerjoin(Delegation, delegated)
        .outerjoin(Group, held)
        .outerjoin(GroupScope, GroupScope.group_id == Group.id)
        .where(Member.account_id == bindparam("account_id"))
    )


# Built once: building it takes longer than executing it.
_STATEMENT = _statement()
