"""JSON views of documents."""

from typing import Any
from urllib.parse import quote

from chassis import clock
from sqlalchemy import Row

from documents import domain
from documents.models import Document, LotDocument

TITLE = "Récapitulatif de la déclaration de loyer"


def document_to_json(row: Row[Document, int]) -> dict[str, Any]:
    document: Document = row.Document
    return {
        "id": str(document.id),
        "declaration_id": str(document.declaration_id),
        "version": document.version,
        "title": f"{TITLE} – juillet {document.campaign_year}",
        "reference": document.reference,
        "transmitted_at": clock.iso(document.transmitted_at),
        "late": document.late,
        "sha256": document.sha256,
        "pages": document.pages,
        "size": document.size,
        "superseded": row.superseded_by is not None,
        "available": document.purged_at is None,
    }


def lot_to_json(document: LotDocument) -> dict[str, Any]:
    return {
        "lot_id": str(document.lot_id),
        "title": f"Récapitulatif d’un lot de déclarations – juillet {document.campaign_year}",
        "reference": document.reference,
        "transmitted_at": clock.iso(document.transmitted_at),
        "declarations": document.declarations,
        "pages": document.pages,
        "size": document.size,
        "available": document.purged_at is None,
    }


def verification_to_json(row: Row[Document, int]) -> dict[str, Any]:
    """Date, number and hash: all that anybody holding the paper may learn."""
    document: Document = row.Document
    return {
        "reference": document.reference,
        "received_on": domain.received_on(document.transmitted_at).isoformat(),
        "declarations": 1,
        "sha256": document.sha256,
        "superseded": row.superseded_by is not None,
    }


def download_headers(document: Document | LotDocument) -> dict[str, str]:
    """RFC 6266: an ASCII name for old clients, the French one for others."""
    name = domain.download_name(document.campaign_year, document.reference)
    return {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"attachment; filename=\"recapitulatif.pdf\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
