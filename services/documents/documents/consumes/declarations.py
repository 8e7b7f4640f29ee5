"""Creates the recap of a transmission; a later version marks the earlier one as superseded."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import insert_new
from chassis.events import Event
from chassis.ids import new_id
from chassis.storage import Storage
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from documents import domain, publishes, render_pool
from documents.models import Document, Supersession
from documents.rendering.pdf import Rendered
from documents.rendering.recap import Recap, canonical
from documents.settings import Settings, settings_of

# Fields of the transmission copied unchanged to the row.
COPIED = (
    "version",
    "reference",
    "campaign_year",
    "caf_code",
    "housing_type",
    "departement",
    "commune",
    "late",
    "sha256",
)


def transmitted(session: Session, event: Event) -> None:
    """Renders, stores and announces the recap, once per version. Raises SnapshotAltered when the data changed."""
    settings = settings_of(session)
    data, snapshot = event.data, event.personal["snapshot"]
    if _exists(session, UUID(data["declaration_id"]), data["version"]):
        return
    domain.require_intact(canonical(snapshot), data["sha256"])
    rendered = render_pool.make_recap(settings, _recap(data, snapshot, settings.public_url))
    document = _store(settings, data, rendered)
    session.add(document)
    session.flush()
    envelope = {
        "recipient": event.personal["recipient"],
        "user_number": snapshot["landlord"]["user_number"],
        "caf": snapshot["caf"],
    }
    publishes.recap_ready(session, document, data["declarant_account_id"], envelope, data.get("lot_id"))


def _store(settings: Settings, data: Mapping[str, Any], rendered: Rendered) -> Document:
    """Stores the file before its row commits: a file without row is rendered again, a row needs its file."""
    content_sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    key = domain.recap_key(content_sha256)
    Storage(settings.storage_url).put(key, rendered.pdf)
    return Document(
        id=new_id(),
        declaration_id=UUID(data["declaration_id"]),
        organisation_id=UUID(data["organisation_id"]),
        transmitted_at=clock.parse(data["transmitted_at"]),
        content_sha256=content_sha256,
        storage_key=key,
        pages=rendered.pages,
        size=len(rendered.pdf),
        kept_until=domain.kept_until(data["campaign_year"], settings.retention_years),
        **{name: data[name] for name in COPIED},
    )


def superseded(session: Session, event: Event) -> None:
    """Stored in its own table: the document may not exist yet."""
    values = {
        "declaration_id": UUID(event.data["declaration_id"]),
        "version": event.data["version"],
        "superseded_by": event.data["superseded_by"],
    }
    insert_new(session, Supersession, values)


def _recap(data: Mapping[str, Any], snapshot: dict[str, Any], public_url: str) -> Recap:
    return Recap(
        reference=data["reference"],
        version=data["version"],
        campaign_year=data["campaign_year"],
        transmitted_at=clock.parse(data["transmitted_at"]),
        late=data["late"],
        channel=data["channel"],
        sha256=data["sha256"],
        snapshot=snapshot,
        public_url=public_url,
        received_on=data.get("received_on"),
        posted_on=data.get("posted_on"),
    )


def _exists(session: Session, declaration_id: UUID, version: int) -> bool:
    same = exists().where(Document.declaration_id == declaration_id, Document.version == version)
    return bool(session.execute(select(same)).scalar_one())
