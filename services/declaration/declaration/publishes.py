"""Events published by the declaration service."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NotRequired, TypedDict
from uuid import UUID

from chassis import clock, outbox
from sqlalchemy.orm import Session

from declaration.models import BatchTransmission, Campaign, DeclarationVersion, Landlord, TenantReport
from declaration.published_types import (
    AnsweredPersonal,
    CampaignOpenedData,
    LandlordAskedData,
    LandlordAskedPersonal,
    LandlordRegisteredData,
    LandlordRegisteredPersonal,
    LotTransmittedData,
    LotTransmittedPersonal,
    PortfolioChangedData,
    Recipient,
    ReminderDueData,
    ReminderDuePersonal,
    ReminderWithdrawnData,
    ReportAnsweredData,
    ReportAnsweredPersonal,
    SupersededData,
    Tenant,
    TransmittedData,
)

LANDLORD_REGISTERED = "registry.landlord_registered.v1"
PORTFOLIO_CHANGED = "registry.portfolio_changed.v1"
CAMPAIGN_OPENED = "declaration.campaign_opened.v1"
LANDLORD_ASKED = "declaration.landlord_asked.v1"
REMINDER_DUE = "declaration.reminder_due.v1"
REMINDER_WITHDRAWN = "declaration.reminder_withdrawn.v1"
TRANSMITTED = "declaration.transmitted.v1"
SUPERSEDED = "declaration.superseded.v1"
ANSWERED = "declaration.answered.v1"
REPORT_ANSWERED = "declaration.report_answered.v1"
LOT_TRANSMITTED = "declaration.lot_transmitted.v1"
PUBLISHED = (
    *(LANDLORD_REGISTERED, PORTFOLIO_CHANGED, CAMPAIGN_OPENED, LANDLORD_ASKED, REMINDER_DUE, REMINDER_WITHDRAWN),
    *(TRANSMITTED, SUPERSEDED, ANSWERED, REPORT_ANSWERED, LOT_TRANSMITTED),
)


def landlord_registered(session: Session, landlord: Landlord) -> None:
    data: LandlordRegisteredData = {
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "caf_code": landlord.caf_code,
        "user_number": landlord.user_number,
        "kind": landlord.kind,
        "siret": landlord.siret,
        "version": landlord.version,
        "moves": landlord.moves,
    }
    personal: LandlordRegisteredPersonal = {
        "name": landlord.name,
        "civility": landlord.civility,
        "last_name": landlord.last_name,
        "first_name": landlord.first_name,
        "email": landlord.email,
        "address": landlord.address,
    }
    outbox.publish(session, LANDLORD_REGISTERED, landlord.id, data, personal)


def portfolio_changed(session: Session, organisation_id: UUID, scopes: Iterable[tuple[str, str]], version: int) -> None:
    """`scopes`: pairs of housing type and département, the complete set."""
    data: PortfolioChangedData = {
        "organisation_id": str(organisation_id),
        "scopes": [{"housing_type": kind, "departement": departement} for kind, departement in sorted(scopes)],
        "version": version,
    }
    outbox.publish(session, PORTFOLIO_CHANGED, organisation_id, data)


def campaign_opened(session: Session, campaign: Campaign, counts: dict[str, int]) -> None:
    data: CampaignOpenedData = {
        **_campaign(campaign),
        "declarations": counts["declarations"],
        "not_concerned": counts["not_concerned"],
        "landlords": counts["landlords"],
    }
    outbox.publish(session, CAMPAIGN_OPENED, campaign.id, data)


def landlord_asked(session: Session, campaign: Campaign, landlord: Landlord, tenants: list[Tenant]) -> None:
    """`tenants`: those with something to declare, for the attestations of a letter, the one after a bounce included."""
    data: LandlordAskedData = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "tenancies": len(tenants),
    }
    personal: LandlordAskedPersonal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
        "tenants": tenants,
    }
    outbox.publish(session, LANDLORD_ASKED, landlord.id, data, personal)


def reminder_due(session: Session, campaign: Campaign, landlord: Landlord, day: date, remaining: int) -> None:
    """`remaining`: this landlord's declarations not transmitted yet."""
    data: ReminderDueData = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "reminder_on": day.isoformat(),
        "remaining": remaining,
    }
    personal: ReminderDuePersonal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
    }
    outbox.publish(session, REMINDER_DUE, landlord.id, data, personal)


def reminder_withdrawn(session: Session, campaign: Campaign, landlord: Landlord, day: date) -> None:
    """Nothing is left to declare: withdraws that day's reminder as far as it is not sent."""
    data: ReminderWithdrawnData = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "reminder_on": day.isoformat(),
    }
    outbox.publish(session, REMINDER_WITHDRAWN, landlord.id, data, {"name": landlord.name})


class _OfCampaign(TypedDict):
    campaign_id: str
    caf_code: str
    year: int
    deadline: str


def _campaign(campaign: Campaign) -> _OfCampaign:
    return {
        "campaign_id": str(campaign.id),
        "caf_code": campaign.caf_code,
        "year": campaign.year,
        "deadline": campaign.deadline.isoformat(),
    }


class AboutTransmitted(TypedDict):
    """What `transmitted` says of the declaration; `lot_id`: of one in a batch."""

    campaign_year: int
    organisation_id: str
    landlord_id: str
    caf_code: str
    housing_type: str
    departement: str
    commune: str
    lot_id: NotRequired[str]


def transmitted(session: Session, version: DeclarationVersion, about: AboutTransmitted, recipient: Recipient) -> None:
    data: TransmittedData = {
        "declaration_id": str(version.declaration_id),
        "version": version.version,
        "supersedes": version.supersedes,
        "reference": version.reference,
        "campaign_year": about["campaign_year"],
        "organisation_id": about["organisation_id"],
        "landlord_id": about["landlord_id"],
        "caf_code": about["caf_code"],
        "housing_type": about["housing_type"],
        "departement": about["departement"],
        "commune": about["commune"],
        "transmitted_at": clock.iso(version.transmitted_at),
        "late": version.late,
        "channel": version.channel,
        "declarant_account_id": str(version.declarant_account_id) if version.declarant_account_id else None,
        "sha256": version.sha256,
    }
    if "lot_id" in about:
        data["lot_id"] = about["lot_id"]
    if version.received_on:
        data["received_on"] = version.received_on.isoformat()
    if version.posted_on:
        data["posted_on"] = version.posted_on.isoformat()
    personal = {"snapshot": version.snapshot, "recipient": recipient}
    outbox.publish(session, TRANSMITTED, version.declaration_id, data, personal)


def superseded(session: Session, earlier: DeclarationVersion, by: int) -> None:
    data: SupersededData = {
        "declaration_id": str(earlier.declaration_id),
        "version": earlier.version,
        "superseded_by": by,
        "reference": earlier.reference,
    }
    outbox.publish(session, SUPERSEDED, earlier.declaration_id, data)


def answered(
    session: Session, import_id: UUID, campaign: Campaign, landlord: Landlord, counts: Mapping[str, int]
) -> None:
    """Changes by one file of the Caf for one landlord. `counts`: declarations by answer."""
    data = {
        **_campaign(campaign),
        "import_id": str(import_id),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "counts": {answer: counts[answer] for answer in sorted(counts)},
    }
    personal: AnsweredPersonal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
    }
    outbox.publish(session, ANSWERED, landlord.id, data, personal)


def lot_transmitted(
    session: Session, batch: BatchTransmission, data: LotTransmittedData, personal: LotTransmittedPersonal
) -> None:
    """The whole batch, published after each of its transmissions."""
    outbox.publish(session, LOT_TRANSMITTED, batch.id, data, personal)


def report_answered(session: Session, report: TenantReport, landlord: Landlord) -> None:
    data: ReportAnsweredData = {
        "report_id": str(report.id),
        "number": report.number,
        "kind": report.kind,
        "outcome": report.state,
        "landlord_id": str(landlord.id),
        "organisation_id": str(report.organisation_id),
        "caf_code": report.caf_code,
    }
    recipient: Recipient = {"name": landlord.name, "email": landlord.email, "address": landlord.address}
    personal: ReportAnsweredPersonal = {"recipient": recipient, "answer": report.answer}
    outbox.publish(session, REPORT_ANSWERED, report.id, data, personal)
