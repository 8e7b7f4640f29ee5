"""The recap of a batch transmission: one line per declaration, with its reference and instant of receipt."""

from dataclasses import dataclass
from datetime import datetime

from documents.consumed_types import Line, LotTransmittedPersonal
from documents.rendering import french
from documents.rendering.address import below_name
from documents.rendering.pdf import Rendered, render_pdf


@dataclass(frozen=True)
class BatchRecap:
    """`transmitted_at` aware; `public_url` without a final slash."""

    reference: str
    campaign_year: int
    transmitted_at: datetime
    personal: LotTransmittedPersonal
    public_url: str


def render_batch_recap(batch: BatchRecap) -> Rendered:
    """PDF/A-3a with PDF/UA-1 marks; the same input gives the same bytes. Errors: as `render_pdf`."""
    return render_pdf("batch_recap.html", _view(batch), dated=batch.transmitted_at)


def _view(batch: BatchRecap) -> dict[str, object]:
    lines = batch.personal["lines"]
    return {
        "reference": batch.reference,
        "title": f"Récapitulatif d’un lot de déclarations – juillet {batch.campaign_year}",
        "count": french.declarations(len(lines)),
        "transmitted": french.instant(batch.transmitted_at),
        "cafs": [
            {
                "name": caf["name"],
                "address": below_name(caf["name"], caf["address"]),
                "telephone": caf["telephone"],
            }
            for caf in batch.personal["cafs"]
        ],
        "landlords": [
            f"{each['name']} (N°{french.NBSP}{french.user_number(each['user_number'])})"
            for each in batch.personal["landlords"]
        ],
        "lines": [_line(line) for line in lines],
        "verification_url": f"{batch.public_url}/v/",
    }


def _line(line: Line) -> list[str]:
    received = french.instant(datetime.fromisoformat(line["transmitted_at"]))
    version = f", version {line['version']}" if line["version"] > 1 else ""
    return [
        line["reference"],
        f"{line['tenant']}, {line['tenant_number']}{version}",
        line["dwelling"],
        french.euros(line["rent"]),
        french.euros(line["charges"]),
        received + (", hors délai" if line["late"] else ""),
    ]
