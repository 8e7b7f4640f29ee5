"""One recap for a batch transmission, besides the recap of each declaration."""

from uuid import UUID

from chassis import clock
from sqlalchemy import insert
from sqlalchemy.orm import Session

from documents import files, publishes, render_pool
from documents.consumed_types import LotTransmitted
from documents.models import BatchDocument, BatchScope
from documents.rendering.batch_recap import BatchRecap
from documents.settings import settings_of


def lot_transmitted(session: Session, event: LotTransmitted) -> None:
    """Renders, stores and announces the batch's recap, once."""
    settings, data = settings_of(session), event.data
    lot_id = UUID(data["lot_id"])
    if session.get(BatchDocument, lot_id) is not None:
        return
    rendered = render_pool.make_batch_recap(settings, _recap(event, settings.public_url))
    document = BatchDocument(
        lot_id=lot_id,
        reference=data["reference"],
        campaign_year=data["campaign_year"],
        organisation_id=UUID(data["organisation_id"]),
        transmitted_at=clock.parse(data["transmitted_at"]),
        declarations=data["declarations"],
        **files.store(settings, rendered, data["campaign_year"]),
    )
    session.add(document)
    session.flush()
    session.execute(insert(BatchScope), [{"lot_id": lot_id, **scope} for scope in data["scopes"]])
    publishes.lot_recap_ready(session, document, data, event.personal["recipient"])


def _recap(event: LotTransmitted, public_url: str) -> BatchRecap:
    return BatchRecap(
        reference=event.data["reference"],
        campaign_year=event.data["campaign_year"],
        transmitted_at=clock.parse(event.data["transmitted_at"]),
        personal=event.personal,
        public_url=public_url,
    )
