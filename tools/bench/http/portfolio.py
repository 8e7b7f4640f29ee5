"""What other services publish about the landlord of the benchmark, and drafts ready to transmit."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from chassis import clock, ids
from chassis.testing.harness import Harness
from declaration.models import RentDeclaration
from declaration.registry import import_path
from sqlalchemy import select

from tools.bench.declaration import lines

CAF = "359"
BASE = "/api/declaration/v1/declarations"
SITUATION = {"present": True, "co_tenants": 1, "rent_up_to_date": True}
RENT = {"rent": "415,00", "charges": "38", "share": "whole", "full_month": True, "furnished": False}
_PERSON = {"civility": "Mme", "last_name": "Le Goff", "first_name": "Anne", "email": "a@lices.example"}


def registered(organisation: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    data = {
        "landlord_id": str(ids.new_id()),
        "organisation_id": str(organisation),
        "caf_code": CAF,
        "user_number": f"{CAF}00000000000",
        "kind": "natural_person",
        "siret": None,
        "version": 1,
        "moves": 0,
    }
    return data, {**_PERSON, "address": ["35000 RENNES"], "name": "Mme Anne Le Goff"}


def scoped(organisation: UUID) -> dict[str, Any]:
    scopes = [{"housing_type": kind, "departement": "35"} for kind in ("private", "conventioned")]
    return {"organisation_id": str(organisation), "scopes": scopes, "version": 1}


def activated(account: UUID, organisation: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    data = {
        "account_id": str(account),
        "organisation_id": str(organisation),
        "caf_code": CAF,
        "kind": "landlord",
        "activated_at": clock.iso(clock.now()),
        "version": 1,
    }
    return data, _PERSON


def granted(account: UUID, organisation: UUID) -> dict[str, Any]:
    return {
        "account_id": str(account),
        "organisation_id": str(organisation),
        "role": "administrator",
        "scopes": [{"housing_type": kind, "zone": "FR"} for kind in ("private", "conventioned")],
        "active": True,
        "version": 1,
    }


def opened(harness: Harness, folder: Path, tenants: int) -> UUID:
    """A landlord of so many tenants in a campaign that is open; returns the organisation."""
    file = folder / "registre.csv"
    lines.write(file, tenants, CAF, (tenants,))
    import_path(harness.runtime, file, "bench")
    today = clock.today()
    body = {
        "year": today.year,
        "opens_on": f"{today.year - 1}-07-01",
        "deadline": f"{today.year + 1}-01-15",
        "cut_off": f"{today.year + 1}-03-01",
    }
    agent = harness.headers(kind="agent", caf=CAF)
    for path, given in (("", body), (f"/{today.year}/opening", None)):
        answer = harness.client.post(f"/api/declaration/v1/campaigns{path}", headers=agent, json=given)
        if answer.status_code >= 300:
            raise RuntimeError(answer.text)
    with harness.runtime.read_only() as session:
        return session.execute(select(RentDeclaration.organisation_id).limit(1)).scalar_one()


def waiting(harness: Harness) -> list[UUID]:
    """Declarations nobody has begun."""
    with harness.runtime.read_only() as session:
        found = select(RentDeclaration.id).where(RentDeclaration.state == "to_declare").order_by(RentDeclaration.id)
        return list(session.execute(found).scalars())


def drafted(harness: Harness, declaration_id: UUID, headers: dict[str, str]) -> str:
    """Saves all steps and confirmations; returns the ETag to transmit with."""
    client, path = harness.client, f"{BASE}/{declaration_id}"
    read = client.get(path, headers=headers)
    known = read.json()["known"]["information"]
    names = ("address", "commune_insee", "furnished", "single_room", "lease_start")
    information = {**{name: known[name] for name in names}, "confirmed": True}
    steps = {"information": information, "situation": SITUATION, "rent": RENT}
    saved = client.put(f"{path}/draft", headers={**headers, "If-Match": read.headers["ETag"]}, json=steps)
    asked = {each["code"]: "" for each in saved.json()["checks"]["to_confirm"]}
    if asked:
        tag = {**headers, "If-Match": saved.headers["ETag"]}
        saved = client.put(f"{path}/draft", headers=tag, json={"confirmations": asked})
    return str(saved.headers["ETag"])
