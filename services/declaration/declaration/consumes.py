"""What the declaration service learns from the others."""

from uuid import UUID

from chassis.db import upsert
from chassis.events import Event
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from declaration.domain import communes
from declaration.models import Access, AccessScope, Receipt


def access_changed(session: Session, event: Event) -> None:
    """The person's rights, replaced whole; an older version that comes late changes nothing."""
    account_id = UUID(event.data["account_id"])
    rights = {
        "organisation_id": UUID(event.data["organisation_id"]),
        "active": event.data["active"],
        "version": event.data["version"],
    }
    newer = (
        upsert(session, Access)
        .values(account_id=account_id, **rights)
        .on_conflict_do_update(index_elements=["account_id"], set_=rights, where=Access.version < event.data["version"])
        .returning(Access.account_id)
    )
    if session.execute(newer).first() is None:
        return
    session.execute(delete(AccessScope).where(AccessScope.account_id == account_id))
    zones = {
        (scope["housing_type"], zone) for scope in event.data["scopes"] for zone in communes.covered(scope["zone"])
    }
    if zones:
        rows = [{"account_id": account_id, "housing_type": kind, "zone": zone} for kind, zone in sorted(zones)]
        session.execute(insert(AccessScope), rows)


def recap_ready(session: Session, event: Event) -> None:
    """Links the receipt to the version that it is of."""
    values = {
        "declaration_id": UUID(event.data["declaration_id"]),
        "version": event.data["version"],
        "document_id": UUID(event.data["document_id"]),
    }
    added = upsert(session, Receipt).values(**values)
    session.execute(added.on_conflict_do_nothing(index_elements=["declaration_id", "version"]))
