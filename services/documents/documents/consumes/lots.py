"""One recap for a batch transmission, besides the recap of each declaration."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.events import Event
from chassis.storage import Storage
from sqlalchemy import insert
from sqlalchemy.orm import Session

from documents import domain, publishes, render_pool
from documents.models import LotDocument, LotScope
from documents.rendering.lot import LotRecap
from documents.rendering.pdf import Rendered
from documents.settings import Settings, settings_of


def lot_transmitted(session: Session, event: Event) -> None:
    """Renders, stores and announces the batch's recap, once."""
    settings, data = settings_of(session), event.data
    if session.get(LotDocument, UUID(data["lot_id"])) is not None:
        return
    rendered = render_pool.make_lot(settings, _recap(event, settings.public_url))
    document = _store(settings, data, rendered)
    session.add(document)
    session.flush()
    scopes = [{"lot_id": document.lot_id, **scope} for scope in data["scopes"]]
    session.execute(insert(LotScope), scopes)
    publishes.lot_recap_ready(session, document, data, event.personal["recipient"])


def _store(settings: Settings, data: Mapping[str, Any], rendered: Rendered) -> LotDocument:
    """Stores the file before its row commits, as for a single recap."""
    content_sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    key = domain.recap_key(content_sha256)
    Storage(settings.storage_url).put(key, rendered.pdf)
    return LotDocument(
        lot_id=UUID(data["lot_id"]),
        reference=data["reference"],
        campaign_year=data["campaign_year"],
        organisation_id=UUID(data["organisation_id"]),
        transmitted_at=clock.parse(data["transmitted_at"]),
        declarations=data["declarations"],
        content_sha256=content_sha256,
        storage_key=key,
        pages=rendered.pages,
        size=len(rendered.pdf),
        kept_until=domain.kept_until(data["campaign_year"], settings.retention_years),
    )


def _recap(event: Event, public_url: str) -> LotRecap:
    return LotRecap(
        reference=event.data["reference"],
        campaign_year=event.data["campaign_year"],
        transmitted_at=clock.parse(event.data["transmitted_at"]),
        personal=event.personal,
        public_url=public_url,
    )
