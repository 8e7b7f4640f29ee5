"""Events published by the declaration service."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis import clock, outbox
from sqlalchemy.orm import Session

from declaration.models import BatchTransmission, Campaign, DeclarationVersion, Landlord, TenantReport

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
    data = {
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "caf_code": landlord.caf_code,
        "user_number": landlord.user_number,
        "kind": landlord.kind,
        "siret": landlord.siret,
        "version": landlord.version,
        "moves": landlord.moves,
    }
    names = ("name", "civility", "last_name", "first_name", "email", "address")
    personal = {name: getattr(landlord, name) for name in names}
    outbox.publish(session, LANDLORD_REGISTERED, landlord.id, data, personal)


def portfolio_changed(session: Session, organisation_id: UUID, scopes: Iterable[tuple[str, str]], version: int) -> None:
    """`scopes`: pairs of housing type and département, the complete set."""
    data = {
        "organisation_id": str(organisation_id),
        "scopes": [{"housing_type": kind, "departement": departement} for kind, departement in sorted(scopes)],
        "version": version,
    }
    outbox.publish(session, PORTFOLIO_CHANGED, organisation_id, data)


def campaign_opened(session: Session, campaign: Campaign, counts: dict[str, int]) -> None:
    """`counts`: declarations, not_concerned, landlords."""
    outbox.publish(session, CAMPAIGN_OPENED, campaign.id, {**_campaign(campaign), **counts})


def landlord_asked(session: Session, campaign: Campaign, landlord: Landlord, tenants: list[dict[str, Any]]) -> None:
    """`tenants`: those with something to declare, for the attestations of a letter, the one after a bounce included."""
    data = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "tenancies": len(tenants),
    }
    personal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
        "tenants": tenants,
    }
    outbox.publish(session, LANDLORD_ASKED, landlord.id, data, personal)


def reminder_due(session: Session, campaign: Campaign, landlord: Landlord, day: date, remaining: int) -> None:
    """`remaining`: this landlord's declarations not transmitted yet."""
    data = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "reminder_on": day.isoformat(),
        "remaining": remaining,
    }
    personal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
    }
    outbox.publish(session, REMINDER_DUE, landlord.id, data, personal)


def reminder_withdrawn(session: Session, campaign: Campaign, landlord: Landlord, day: date) -> None:
    """Nothing is left to declare: withdraws that day's reminder as far as it is not sent."""
    data = {
        **_campaign(campaign),
        "landlord_id": str(landlord.id),
        "organisation_id": str(landlord.organisation_id),
        "user_number": landlord.user_number,
        "reminder_on": day.isoformat(),
    }
    outbox.publish(session, REMINDER_WITHDRAWN, landlord.id, data, {"name": landlord.name})


def _campaign(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": str(campaign.id),
        "caf_code": campaign.caf_code,
        "year": campaign.year,
        "deadline": campaign.deadline.isoformat(),
    }


def transmitted(
    session: Session, version: DeclarationVersion, about: dict[str, Any], recipient: dict[str, Any]
) -> None:
    """`about`: campaign_year, organisation_id, landlord_id, caf_code, housing_type, departement, commune (lot_id)."""
    data = {
        "declaration_id": str(version.declaration_id),
        "version": version.version,
        "supersedes": version.supersedes,
        "reference": version.reference,
        **about,
        "transmitted_at": clock.iso(version.transmitted_at),
        "late": version.late,
        "channel": version.channel,
        **({"received_on": version.received_on.isoformat()} if version.received_on else {}),
        **({"posted_on": version.posted_on.isoformat()} if version.posted_on else {}),
        "declarant_account_id": str(version.declarant_account_id) if version.declarant_account_id else None,
        "sha256": version.sha256,
    }
    personal = {"snapshot": version.snapshot, "recipient": recipient}
    outbox.publish(session, TRANSMITTED, version.declaration_id, data, personal)


def superseded(session: Session, earlier: DeclarationVersion, by: int) -> None:
    data = {
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
    personal = {
        "name": landlord.name,
        "email": landlord.email,
        "address": landlord.address,
        "caf": campaign.contact,
    }
    outbox.publish(session, ANSWERED, landlord.id, data, personal)


def lot_transmitted(session: Session, batch: BatchTransmission, data: dict[str, Any], personal: dict[str, Any]) -> None:
    """The whole batch, published after each of its transmissions; shapes as in the event's schema."""
    outbox.publish(session, LOT_TRANSMITTED, batch.id, data, personal)


def report_answered(session: Session, report: TenantReport, landlord: Landlord) -> None:
    data = {
        "report_id": str(report.id),
        "number": report.number,
        "kind": report.kind,
        "outcome": report.state,
        "landlord_id": str(landlord.id),
        "organisation_id": str(report.organisation_id),
        "caf_code": report.caf_code,
    }
    names = ("name", "email", "address")
    recipient = {name: getattr(landlord, name) for name in names}
    outbox.publish(session, REPORT_ANSWERED, report.id, data, {"recipient": recipient, "answer": report.answer})
