"""The read model of rights: what habilitation said last replaces what it said before."""

from uuid import UUID

from chassis.db import upsert
from chassis.events import Event
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from documents.models import Access, AccessScope


def access_changed(session: Session, event: Event) -> None:
    """Ignored when a higher version is known already: events of a person may arrive out of order."""
    data = event.data
    account_id = UUID(data["account_id"])
    values = {
        "organisation_id": UUID(data["organisation_id"]),
        "active": data["active"],
        "version": data["version"],
    }
    newer = (
        upsert(session, Access)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values, where=Access.version < data["version"])
        .returning(Access.account_id)
    )
    if session.execute(newer).one_or_none() is None:
        return
    session.execute(delete(AccessScope).where(AccessScope.account_id == account_id))
    pairs = {(scope["housing_type"], scope["zone"]) for scope in data["scopes"]}
    if pairs:
        rows = [{"account_id": account_id, "housing_type": kind, "zone": zone} for kind, zone in sorted(pairs)]
        session.execute(insert(AccessScope), rows)
