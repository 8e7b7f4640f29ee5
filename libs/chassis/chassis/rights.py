"""People's rights as habilitation last told them, and the SQL condition that carries them into every query.

A service that shows dwellings keeps its own copy (`with_rights`), so that a right withdrawn acts when
the event arrives, not when a token ends.
"""

from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    delete,
    exists,
    insert,
    or_,
)
from sqlalchemy.orm import Session

from chassis import runtime
from chassis.db import upsert
from chassis.events import Event
from chassis.zones import WHOLE_COUNTRY, covered


def access_changed(session: Session, event: Event) -> None:
    """Handler of ``habilitation.access_changed.v1``: replaces all; an older version that comes late changes nothing."""
    access, scopes = _tables(runtime.of(session).service.metadata)
    account_id = UUID(event.data["account_id"])
    held = {
        "organisation_id": UUID(event.data["organisation_id"]),
        "active": event.data["active"],
        "version": event.data["version"],
    }
    newer = upsert(session, access).values(account_id=account_id, **held)
    newer = newer.on_conflict_do_update(
        index_elements=["account_id"], set_=held, where=access.c.version < event.data["version"]
    )
    if session.execute(newer.returning(access.c.account_id)).first() is None:
        return
    session.execute(delete(scopes).where(scopes.c.account_id == account_id))
    pairs = {(scope["housing_type"], zone) for scope in event.data["scopes"] for zone in covered(scope["zone"])}
    if pairs:
        rows = [{"account_id": account_id, "housing_type": kind, "zone": zone} for kind, zone in sorted(pairs)]
        session.execute(insert(scopes), rows)


def held_by(
    account_id: UUID,
    metadata: MetaData,
    *,
    organisation_id: ColumnElement[UUID],
    housing_type: ColumnElement[str],
    zones: tuple[ColumnElement[str], ...],
) -> ColumnElement[bool]:
    """True for dwellings of the person's organisation, of a (type, zone) they hold now; ``zones``: the columns that
    tell the dwelling's département and commune."""
    access, scopes = _tables(metadata)
    return exists().where(
        access.c.account_id == account_id,
        access.c.active,
        access.c.organisation_id == organisation_id,
        scopes.c.account_id == access.c.account_id,
        scopes.c.housing_type == housing_type,
        or_(scopes.c.zone == WHOLE_COUNTRY, *(scopes.c.zone == zone for zone in zones)),
    )


def with_rights(metadata: MetaData) -> MetaData:
    """Adds the tables of the copy to a service's metadata, and returns it."""
    Table(
        "access",
        metadata,
        Column("account_id", Uuid, primary_key=True),
        Column("organisation_id", Uuid, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("version", Integer, nullable=False),
    )
    Table(
        "access_scope",
        metadata,
        Column("account_id", Uuid, ForeignKey("access.account_id"), primary_key=True),
        Column("housing_type", String(20), primary_key=True),
        Column("zone", String(5), primary_key=True),
    )
    return metadata


def _tables(metadata: MetaData) -> tuple[Table, Table]:
    return metadata.tables["access"], metadata.tables["access_scope"]
