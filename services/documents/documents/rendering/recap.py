"""The recap of one transmission: what was declared, by whom, to whom, and when it was received.

It is the electronic acknowledgement of CRPA art. L. 112-11 and R. 112-11-1 (date of receipt; service in charge, its
address and telephone), so all of its content comes from the frozen snapshot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from documents.rendering import french, qr, recap_rows
from documents.rendering.address import below_name
from documents.rendering.pdf import AttachedFile, Rendered, render_pdf

Snapshot = Mapping[str, Any]

CHANNELS = {"web": "en ligne", "file": "par fichier", "paper": "sur papier"}


@dataclass(frozen=True)
class Recap:
    """One transmitted version. `transmitted_at` aware; `sha256` hex, of the canonical snapshot; `snapshot` as published
    by declaration.transmitted.v1; `public_url` without a final slash.
    """

    reference: str
    version: int
    campaign_year: int
    transmitted_at: datetime
    late: bool
    channel: str
    sha256: str
    snapshot: Snapshot
    public_url: str
    # ISO dates of a paper attestation: arrival, postmark.
    received_on: str | None = None
    posted_on: str | None = None

    @property
    def verification_url(self) -> str:
        return f"{self.public_url}/v/{self.reference}"


def canonical(snapshot: Snapshot) -> str:
    """The attached JSON text (RFC 8785), whose SHA-256 is printed."""
    return rfc8785.dumps(snapshot).decode()


def render_recap(recap: Recap) -> Rendered:
    """PDF/A-3a with PDF/UA-1 marks; the same recap gives the same bytes. Errors: as `render_pdf`."""
    data = AttachedFile(
        name="declaration.json",
        description="Données de la déclaration, dont l’empreinte SHA-256 est imprimée",
        content=canonical(recap.snapshot).encode(),
    )
    return render_pdf("recap.html", _view(recap), dated=recap.transmitted_at, attached=data)


def _view(recap: Recap) -> dict[str, object]:
    snapshot = recap.snapshot
    return {
        "reference": recap.reference,
        "sha256": recap.sha256,
        "verification_url": recap.verification_url,
        "qr": qr.image(recap.verification_url),
        "caf": _caf(snapshot["caf"]),
        "title": f"Récapitulatif de la déclaration de loyer – juillet {recap.campaign_year}",
        "year": str(recap.campaign_year),
        "effect": french.day(f"{recap.campaign_year + 1}-01-01"),
        "version": str(recap.version),
        "corrects": recap.version > 1,
        "late": recap.late,
        "channel": _channel(recap),
        "received": french.instant(recap.transmitted_at),
        "received_utc": french.instant_utc(recap.transmitted_at),
        "sections": recap_rows.columns(snapshot),
        "rent": recap_rows.rent(snapshot["rent"], recap.campaign_year),
        "confirmations": recap_rows.confirmations(snapshot["confirmations"]),
        "corrected": recap_rows.corrected(snapshot["corrected"]),
    }


def _channel(recap: Recap) -> str:
    words = CHANNELS.get(recap.channel, recap.channel)
    if recap.received_on is None:
        return words
    posted = f" postée le {french.day(recap.posted_on)} (cachet de la poste)," if recap.posted_on else ""
    return f"{words}, attestation{posted} arrivée le {french.day(recap.received_on)}"


def _caf(caf: Mapping[str, Any]) -> dict[str, object]:
    name = caf["name"]
    return {
        "name": name,
        "address": below_name(name, caf["address"]),
        "telephone": caf["telephone"],
    }
