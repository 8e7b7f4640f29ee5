"""The events that documents publishes."""

from chassis import clock, outbox
from sqlalchemy.orm import Session

from documents.consumed_types import LotTransmittedData
from documents.models import BatchDocument, DeclarationDocument, Letter
from documents.published_types import (
    LetterRenderedData,
    LotRecapReadyData,
    RecapReadyData,
    RecapReadyPersonal,
    Recipient,
)

RECAP_READY = "documents.recap_ready.v1"
LETTER_RENDERED = "documents.letter_rendered.v1"
LOT_RECAP_READY = "documents.lot_recap_ready.v1"
PUBLISHED = (RECAP_READY, LETTER_RENDERED, LOT_RECAP_READY)


def recap_ready(
    session: Session,
    document: DeclarationDocument,
    declarant_account_id: str | None,
    personal: RecapReadyPersonal,
    lot_id: str | None = None,
) -> None:
    """The recap can be downloaded and sent; `personal` is what an envelope needs.

    `lot_id`: part of a batch transmission, which gets one message.
    """
    data: RecapReadyData = {
        "declaration_id": str(document.declaration_id),
        "version": document.version,
        "document_id": str(document.id),
        "reference": document.reference,
        "organisation_id": str(document.organisation_id),
        "caf_code": document.caf_code,
        "campaign_year": document.campaign_year,
        "transmitted_at": clock.iso(document.transmitted_at),
        "sha256": document.sha256,
        "pages": document.pages,
        "size": document.size,
        "declarant_account_id": declarant_account_id,
    }
    if lot_id:
        data["lot_id"] = lot_id
    outbox.publish(session, RECAP_READY, document.declaration_id, data, personal)


def letter_rendered(session: Session, letter: Letter) -> None:
    """The sealed PDF is in the exchange storage; whoever takes it deletes it."""
    data: LetterRenderedData = {
        "message_id": str(letter.message_id),
        "storage_key": letter.storage_key,
        "sha256": letter.sha256,
        "pages": letter.pages,
        "size": letter.size,
    }
    outbox.publish(session, LETTER_RENDERED, letter.message_id, data)


def lot_recap_ready(session: Session, document: BatchDocument, lot: LotTransmittedData, recipient: Recipient) -> None:
    """One recap for the whole batch."""
    data: LotRecapReadyData = {
        "lot_id": str(document.lot_id),
        "reference": document.reference,
        "organisation_id": str(document.organisation_id),
        "caf_code": lot["caf_code"],
        "campaign_year": document.campaign_year,
        "transmitted_at": clock.iso(document.transmitted_at),
        "declarations": document.declarations,
        "pages": document.pages,
        "size": document.size,
        "declarant_account_id": lot["declarant_account_id"],
    }
    outbox.publish(session, LOT_RECAP_READY, document.lot_id, data, {"recipient": recipient})
