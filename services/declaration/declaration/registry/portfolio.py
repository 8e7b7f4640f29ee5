"""Where each organisation has dwellings, and which landlords changed: updated by set, published by a job."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from chassis.db import upsert
from chassis.runtime import Runtime
from sqlalchemy import Column, MetaData, Select, Table, and_, delete, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.models import Dwelling, Landlord, Organisation, Portfolio
from declaration.sql import analyze

PUBLISHED_AT_ONCE = 200
# The current pairs of a slice's organisations. Dropped with its transaction.
SCOPE = Table(
    "registry_scope",
    MetaData(),
    *[Column(each.name, each.type) for each in Portfolio.__table__.columns],
    prefixes=["TEMPORARY"],
)
TOUCHED = Table("registry_touched", MetaData(), Column("id", Organisation.__table__.c.id.type), prefixes=["TEMPORARY"])
_NAMES = [column.name for column in SCOPE.columns]
# Created by this transaction, which already locks and fills it: any older one has, or once had, a portfolio, and losing
# one raises its version.
_JUST_MADE = and_(Organisation.portfolio_version == 1, ~exists().where(Portfolio.organisation_id == Organisation.id))
_SAME = and_(*[Portfolio.__table__.c[name] == SCOPE.c[name] for name in _NAMES])


def refresh(session: Session, organisations: Select[Any]) -> None:
    """Updates the portfolio of these organisations; those that changed get a version to publish."""
    connection = session.connection()
    TOUCHED.create(connection)
    session.execute(insert(TOUCHED).from_select(["id"], organisations.distinct()))
    analyze(session, TOUCHED.name, "id")
    _hold(session)
    SCOPE.create(connection)
    present = (
        select(Landlord.organisation_id, Dwelling.housing_type, Dwelling.departement)
        .join(Dwelling, Dwelling.landlord_id == Landlord.id)
        .where(Landlord.organisation_id.in_(select(TOUCHED.c.id)))
        .distinct()
    )
    session.execute(insert(SCOPE).from_select(_NAMES, present))
    analyze(session, SCOPE.name, *_NAMES)
    _replace(session)
    SCOPE.drop(connection)
    TOUCHED.drop(connection)


def _hold(session: Session) -> None:
    """One slice at a time updates an organisation's portfolio: two Cafs may bring dwellings of the same SIRET, and
    neither sees the other's before its commit. Locks in order of the ids, which avoids deadlocks."""
    new = select(TOUCHED.c.id, literal(1), literal(0)).where(TOUCHED.c.id.is_not(None)).order_by(TOUCHED.c.id)
    added = upsert(session, Organisation).from_select(["id", "portfolio_version", "told_version"], new)
    session.execute(added.on_conflict_do_nothing())
    known = select(Organisation.id).where(Organisation.id.in_(select(TOUCHED.c.id)), ~_JUST_MADE)
    session.execute(known.order_by(Organisation.id).with_for_update())


def _replace(session: Session) -> None:
    missing = ~exists().where(_SAME)
    gone = and_(Portfolio.organisation_id.in_(select(TOUCHED.c.id)), ~exists().where(_SAME))
    differing = (
        select(SCOPE.c.organisation_id).where(missing).union(select(Portfolio.organisation_id).where(gone)).subquery()
    )
    changed = and_(Organisation.id.in_(select(differing.c.organisation_id)), ~_JUST_MADE)
    raised = update(Organisation).where(changed).values(portfolio_version=Organisation.portfolio_version + 1)
    session.execute(raised.execution_options(synchronize_session=False))
    session.execute(delete(Portfolio).where(gone).execution_options(synchronize_session=False))
    session.execute(insert(Portfolio).from_select(_NAMES, select(*SCOPE.columns).where(missing)))


def publish_changes(runtime: Runtime) -> None:
    """Publishes changes, a few at a time, so that an import does not wait for the encryption of a million names."""
    while _publish_landlords(runtime) + _publish_portfolios(runtime):
        pass


def _publish_landlords(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        newer = select(Landlord).where(Landlord.told_version < Landlord.version).limit(PUBLISHED_AT_ONCE)
        found = session.execute(newer.with_for_update(skip_locked=True)).scalars().all()
        for landlord in found:
            publishes.landlord_registered(session, landlord)
            landlord.told_version = landlord.version
    return len(found)


def _publish_portfolios(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        newer = select(Organisation).where(Organisation.told_version < Organisation.portfolio_version)
        rows = session.execute(newer.limit(PUBLISHED_AT_ONCE).with_for_update(skip_locked=True)).scalars().all()
        scopes = _scopes(session, [row.id for row in rows])
        for row in rows:
            publishes.portfolio_changed(session, row.id, scopes[row.id], row.portfolio_version)
            row.told_version = row.portfolio_version
    return len(rows)


def _scopes(session: Session, organisation_ids: list[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    statement = select(Portfolio.organisation_id, Portfolio.housing_type, Portfolio.departement)
    found: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for organisation_id, kind, departement in session.execute(
        statement.where(Portfolio.organisation_id.in_(organisation_ids))
    ):
        found[organisation_id].add((kind, departement))
    return found
