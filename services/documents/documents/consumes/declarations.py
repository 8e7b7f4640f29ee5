"""Creates the recap of a transmission; a later version marks the earlier one as superseded."""

from uuid import UUID

from chassis import clock
from chassis.db import insert_new
from chassis.ids import new_id
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from documents import domain, files, publishes, render_pool
from documents.consumed_types import Snapshot, Superseded, Transmitted, TransmittedData
from documents.models import DeclarationDocument, Supersession
from documents.published_types import RecapReadyPersonal
from documents.rendering.recap import Recap, canonical
from documents.settings import settings_of


def transmitted(session: Session, event: Transmitted) -> None:
    """Renders, stores and announces the recap, once per version. Raises SnapshotAltered when the data changed."""
    settings = settings_of(session)
    data, snapshot = event.data, event.personal["snapshot"]
    if _exists(session, UUID(data["declaration_id"]), data["version"]):
        return
    domain.require_intact(canonical(snapshot), data["sha256"])
    rendered = render_pool.make_recap(settings, _recap(data, snapshot, settings.public_url))
    document = DeclarationDocument(
        id=new_id(),
        declaration_id=UUID(data["declaration_id"]),
        version=data["version"],
        reference=data["reference"],
        campaign_year=data["campaign_year"],
        organisation_id=UUID(data["organisation_id"]),
        caf_code=data["caf_code"],
        housing_type=data["housing_type"],
        departement=data["departement"],
        commune=data["commune"],
        transmitted_at=clock.parse(data["transmitted_at"]),
        late=data["late"],
        sha256=data["sha256"],
        **files.store(settings, rendered, data["campaign_year"]),
    )
    session.add(document)
    session.flush()
    envelope: RecapReadyPersonal = {
        "recipient": event.personal["recipient"],
        "user_number": snapshot["landlord"]["user_number"],
        "caf": snapshot["caf"],
    }
    publishes.recap_ready(session, document, data["declarant_account_id"], envelope, data.get("lot_id"))


def superseded(session: Session, event: Superseded) -> None:
    """Stored in its own table: the document may not exist yet."""
    values = {
        "declaration_id": UUID(event.data["declaration_id"]),
        "version": event.data["version"],
        "superseded_by": event.data["superseded_by"],
    }
    insert_new(session, Supersession, values)


def _recap(data: TransmittedData, snapshot: Snapshot, public_url: str) -> Recap:
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
    same = exists().where(DeclarationDocument.declaration_id == declaration_id, DeclarationDocument.version == version)
    return bool(session.execute(select(same)).scalar_one())
