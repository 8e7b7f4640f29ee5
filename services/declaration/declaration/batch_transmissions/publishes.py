"""Publishes the end of a batch, once, with everything transmitted: one recap and one message."""

from datetime import datetime

from chassis import clock
from chassis.texts import full_name
from sqlalchemy import and_
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.batch_transmissions.states import LineStatus
from declaration.models import (
    BatchTransmission,
    BatchTransmissionLine,
    Campaign,
    DeclarationVersion,
    Dwelling,
    Landlord,
    RentDeclaration,
    Tenancy,
)
from declaration.perimeter import joined
from declaration.published_types import (
    Line,
    LotTransmittedData,
    LotTransmittedPersonal,
    LotTransmittedPersonalCaf,
    Scope,
)

Found = tuple[DeclarationVersion, Dwelling, Landlord, int]


def done(session: Session, batch: BatchTransmission, ended: datetime) -> None:
    """Publishes the batch, unless nothing in it was transmitted: then each line says why, and there is no recap."""
    found = _transmitted(session, batch)
    if not found:
        return
    landlord_codes = {landlord.caf_code for _version, _dwelling, landlord, _year in found}
    data: LotTransmittedData = {
        "lot_id": str(batch.id),
        "reference": batch.reference,
        "organisation_id": str(batch.organisation_id),
        "declarant_account_id": str(batch.account_id),
        "caf_code": landlord_codes.pop() if len(landlord_codes) == 1 else None,
        "campaign_year": max(year for _version, _dwelling, _landlord, year in found),
        "transmitted_at": clock.iso(ended),
        "declarations": len(found),
        "scopes": _scopes([dwelling for _version, dwelling, _landlord, _year in found]),
    }
    landlords = {landlord.id: landlord for _version, _dwelling, landlord, _year in found}
    first = next(iter(landlords.values()))
    personal: LotTransmittedPersonal = {
        "recipient": {"name": first.name, "email": first.email, "address": first.address},
        "landlords": [{"name": each.name, "user_number": each.user_number} for each in landlords.values()],
        "cafs": _once([version.snapshot["caf"] for version, _dwelling, _landlord, _year in found]),
        "lines": [_line(version) for version, _dwelling, _landlord, _year in found],
    }
    publishes.lot_transmitted(session, batch, data, personal)


def _transmitted(session: Session, batch: BatchTransmission) -> list[Found]:
    of_line = and_(BatchTransmissionLine.declaration_id == RentDeclaration.id, BatchTransmissionLine.lot_id == batch.id)
    made = and_(
        DeclarationVersion.declaration_id == BatchTransmissionLine.declaration_id,
        DeclarationVersion.version == BatchTransmissionLine.version,
    )
    statement = (
        joined(DeclarationVersion, Dwelling, Landlord, Campaign.year)
        .join(BatchTransmissionLine, of_line)
        .join(DeclarationVersion, made)
        .where(BatchTransmissionLine.status == LineStatus.TRANSMITTED.value)
        .order_by(Tenancy.sort_key, RentDeclaration.id)
    )
    return [(version, dwelling, landlord, year) for version, dwelling, landlord, year in session.execute(statement)]


def _scopes(dwellings: list[Dwelling]) -> list[Scope]:
    """Zones of the dwellings: who may see all of them may see the recap."""
    places = {(each.housing_type, each.departement, each.commune_insee) for each in dwellings}
    return [{"housing_type": kind, "departement": where, "commune": commune} for kind, where, commune in sorted(places)]


def _once(found: list[LotTransmittedPersonalCaf]) -> list[LotTransmittedPersonalCaf]:
    return list({each["name"]: each for each in found}.values())


def _line(version: DeclarationVersion) -> Line:
    said = version.snapshot
    return {
        "reference": version.reference,
        "version": version.version,
        "tenant_number": said["tenant"]["number"],
        "tenant": full_name(said["tenant"]["last_name"], said["tenant"]["first_name"]),
        "dwelling": said["dwelling"]["reference"],
        "rent": said["rent"]["rent"],
        "charges": said["rent"]["charges"],
        "transmitted_at": clock.iso(version.transmitted_at),
        "late": version.late,
    }
