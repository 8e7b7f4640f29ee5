"""JSON views of documents."""

from typing import TypedDict
from urllib.parse import quote

from chassis import clock

from documents import api_types, domain
from documents.models import BatchDocument, Document, Found

TITLE = "Récapitulatif de la déclaration de loyer"


class _File(TypedDict):
    reference: str
    transmitted_at: str
    pages: int
    size: int
    available: bool


def _file(document: Document) -> _File:
    return {
        "reference": document.reference,
        "transmitted_at": clock.iso(document.transmitted_at),
        "pages": document.pages,
        "size": document.size,
        "available": document.purged_at is None,
    }


def document_to_json(row: Found) -> api_types.Document:
    document, superseded_by = row
    return {
        "id": str(document.id),
        "declaration_id": str(document.declaration_id),
        "version": document.version,
        "title": f"{TITLE} – juillet {document.campaign_year}",
        "late": document.late,
        "sha256": document.sha256,
        "superseded": superseded_by is not None,
        **_file(document),
    }


def batch_to_json(document: BatchDocument) -> api_types.LotDocument:
    return {
        "lot_id": str(document.lot_id),
        "title": f"Récapitulatif d’un lot de déclarations – juillet {document.campaign_year}",
        "declarations": document.declarations,
        **_file(document),
    }


def verification_to_json(row: Found) -> api_types.Verification:
    """Date, number and hash: all that anybody holding the paper may learn."""
    document, superseded_by = row
    return {
        "reference": document.reference,
        "received_on": domain.received_on(document.transmitted_at).isoformat(),
        "declarations": 1,
        "sha256": document.sha256,
        "superseded": superseded_by is not None,
    }


def download_headers(document: Document) -> dict[str, str]:
    """RFC 6266: an ASCII name for old clients, the French one for others."""
    name = domain.download_name(document.campaign_year, document.reference)
    return {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename=\"recapitulatif.pdf\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
