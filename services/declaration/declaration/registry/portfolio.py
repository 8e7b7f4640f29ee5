"""What each organisation has where: told to the other services when it changes."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from chassis.db import upsert
from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.models import Dwelling, Landlord, Organisation, Portfolio, Staged

AT_ONCE = 500
Scopes = dict[UUID, set[tuple[str, str]]]


def organisations_of(session: Session, lines: ColumnElement[bool]) -> set[UUID]:
    """The organisations that the landlords of these staged lines belong to now."""
    same = and_(Landlord.caf_code == Staged.caf_code, Landlord.user_number == Staged.user_number)
    statement = select(Landlord.organisation_id).join(Staged, same).where(lines).distinct()
    return set(session.execute(statement).scalars())


def refresh(session: Session, organisation_ids: Iterable[UUID]) -> None:
    """Publishes the portfolio of each organisation whose set of (type, département) is no longer what was told."""
    waiting = sorted(organisation_ids)
    for first in range(0, len(waiting), AT_ONCE):
        some = waiting[first : first + AT_ONCE]
        now, told = _present(session, some), _told(session, some)
        changed = {one: now[one] for one in some if now[one] != told[one]}
        if changed:
            _tell(session, changed)


def _present(session: Session, organisation_ids: list[UUID]) -> Scopes:
    statement = (
        select(Landlord.organisation_id, Dwelling.housing_type, Dwelling.departement)
        .join(Dwelling, Dwelling.landlord_id == Landlord.id)
        .where(Landlord.organisation_id.in_(organisation_ids))
        .distinct()
    )
    return _by_organisation(session.execute(statement))


def _told(session: Session, organisation_ids: list[UUID]) -> Scopes:
    statement = select(Portfolio.organisation_id, Portfolio.housing_type, Portfolio.departement)
    return _by_organisation(session.execute(statement.where(Portfolio.organisation_id.in_(organisation_ids))))


def _by_organisation(rows: Iterable[tuple[UUID, str, str]]) -> Scopes:
    found: Scopes = defaultdict(set)
    for organisation_id, housing_type, departement in rows:
        found[organisation_id].add((housing_type, departement))
    return found


def _tell(session: Session, changed: Scopes) -> None:
    raised = (
        upsert(session, Organisation)
        .values([{"id": organisation_id, "portfolio_version": 1} for organisation_id in changed])
        .on_conflict_do_update(index_elements=["id"], set_={"portfolio_version": Organisation.portfolio_version + 1})
        .returning(Organisation.id, Organisation.portfolio_version)
    )
    versions: dict[UUID, int] = {organisation_id: version for organisation_id, version in session.execute(raised)}
    session.execute(delete(Portfolio).where(Portfolio.organisation_id.in_(changed)))
    rows = [
        {"organisation_id": organisation_id, "housing_type": kind, "departement": departement}
        for organisation_id, scopes in changed.items()
        for kind, departement in sorted(scopes)
    ]
    if rows:
        session.execute(insert(Portfolio), rows)
    for organisation_id, scopes in changed.items():
        publishes.portfolio_changed(session, organisation_id, scopes, versions[organisation_id])
