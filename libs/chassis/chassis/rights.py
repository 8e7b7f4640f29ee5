"""People's rights from habilitation's last event, and the SQL condition that applies them in every query.

A service that shows dwellings keeps its own copy (`with_rights`), so that a withdrawn right is lost when
the event arrives, not when the token expires.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis import runtime
from chassis.db import keep_newer
from chassis.events import Event
from chassis.french.zones import WHOLE_COUNTRY, covered


def access_changed(session: Session, event: Event) -> None:
    """Handler of ``habilitation.access_changed.v1``: replaces all; a late older version changes nothing."""
    access, scopes = tables(runtime.of(session).service.metadata)
    account_id = UUID(event.data["account_id"])
    held = {
        "account_id": account_id,
        "organisation_id": UUID(event.data["organisation_id"]),
        "active": event.data["active"],
        "version": event.data["version"],
    }
    if not keep_newer(session, access, held):
        return
    session.execute(sa.delete(scopes).where(scopes.c.account_id == account_id))
    pairs = {(scope["housing_type"], zone) for scope in event.data["scopes"] for zone in covered(scope["zone"])}
    if pairs:
        rows = [{"account_id": account_id, "housing_type": kind, "zone": zone} for kind, zone in sorted(pairs)]
        session.execute(sa.insert(scopes), rows)


def held_by(
    account_id: UUID | sa.BindParameter[UUID],
    metadata: sa.MetaData,
    *,
    organisation_id: sa.ColumnElement[UUID],
    housing_type: sa.ColumnElement[str],
    zones: tuple[sa.ColumnElement[str], ...],
) -> sa.ColumnElement[bool]:
    """SQL condition: dwellings of the person's organisation, of a (type, zone) they hold now; ``zones``: the columns
    with the dwelling's département and commune. ``account_id``: a parameter in a statement that is built once."""
    access, scopes = tables(metadata)
    # The subqueries do not depend on the row: the database runs them once, not once per dwelling.
    own = sa.select(access.c.organisation_id).where(access.c.account_id == account_id, access.c.active)
    held = sa.select(scopes.c.housing_type, scopes.c.zone).where(scopes.c.account_id == account_id)
    everywhere = sa.select(scopes.c.housing_type).where(
        scopes.c.account_id == account_id, scopes.c.zone == WHOLE_COUNTRY
    )
    inside = (sa.tuple_(housing_type, zone).in_(held) for zone in zones)
    return sa.and_(organisation_id == own.scalar_subquery(), sa.or_(housing_type.in_(everywhere), *inside))


def with_rights(metadata: sa.MetaData) -> sa.MetaData:
    """Adds the local copy's tables to a service's metadata, and returns it."""
    sa.Table(
        "access",
        metadata,
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("organisation_id", sa.Uuid, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    sa.Table(
        "access_scope",
        metadata,
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("access.account_id"), primary_key=True),
        sa.Column("housing_type", sa.String(20), primary_key=True),
        sa.Column("zone", sa.String(5), primary_key=True),
    )
    return metadata


def are_kept(metadata: sa.MetaData) -> bool:
    return "access" in metadata.tables


def tables(metadata: sa.MetaData) -> tuple[sa.Table, sa.Table]:
    """The tables of the rights and of their (type, zone) pairs."""
    return metadata.tables["access"], metadata.tables["access_scope"]
