"""The recap of a batch transmission: one line per declaration, with its reference and instant of receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.rendering import french
from documents.rendering.address import below_name
from documents.rendering.pdf import Rendered, render_pdf


@dataclass(frozen=True)
class LotRecap:
    """`personal`: as published by declaration.lot_transmitted.v1; `transmitted_at` aware; `public_url` without a final
    slash."""

    reference: str
    campaign_year: int
    transmitted_at: datetime
    personal: Mapping[str, Any]
    public_url: str


def render_lot(lot: LotRecap) -> Rendered:
    """PDF/A-3a with PDF/UA-1 marks; the same input gives the same bytes. Errors: as `render_pdf`."""
    return render_pdf("lot.typ", _view(lot), dated=lot.transmitted_at, raw={"reference": lot.reference})


def _view(lot: LotRecap) -> dict[str, object]:
    lines: Sequence[Mapping[str, Any]] = lot.personal["lines"]
    return {
        "title": f"Récapitulatif d’un lot de déclarations – juillet {lot.campaign_year}",
        "count": french.declarations(len(lines)),
        "transmitted": french.instant(lot.transmitted_at),
        "moment": french.parts(lot.transmitted_at.date()),
        "cafs": [
            {
                "name": caf["name"],
                "address": below_name(caf["name"], caf["address"]),
                "telephone": caf["telephone"],
            }
            for caf in lot.personal["cafs"]
        ],
        "landlords": [
            f"{each['name']} (N°{french.NBSP}{french.user_number(each['user_number'])})"
            for each in lot.personal["landlords"]
        ],
        "lines": [_line(line) for line in lines],
        "verification_url": f"{lot.public_url}/v/",
    }


def _line(line: Mapping[str, Any]) -> list[str]:
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
