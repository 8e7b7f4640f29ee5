"""A declaration as the API shows it."""

from typing import Any, cast
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.french import money
from chassis.http import etag
from chassis.runtime import Runtime
from sqlalchemy.orm import Session

from declaration.answers import queries as answers
from declaration.api_types.declarations import Transmission
from declaration.api_types.shared import (
    Author,
    Declaration,
    DeclarationCampaign,
    DeclarationChecksToConfirmItem,
    DeclarationKnown,
    DeclarationPaper,
    DeclarationTransmission,
)
from declaration.api_types.shared import Draft as ShownDraft
from declaration.domain import checks, communes, comparison, journey
from declaration.domain.draft import Draft, Known
from declaration.domain.july import EXEMPTION_LABELS, Exemption
from declaration.domain.states import State, Trigger, allowed, label
from declaration.filing import loading
from declaration.filing.loading import LoadedDeclaration
from declaration.filing.rows import Beside, PaperRow
from declaration.filing.rows import Transmission as Sent
from declaration.filing.view import DeclarationView
from declaration.models import DeclarationVersion

ACTIONS = (Trigger.SAVE, Trigger.TRANSMIT, Trigger.AMEND, Trigger.ABANDON)


def read(runtime: Runtime, caller: Caller, declaration_id: UUID) -> tuple[Declaration, dict[str, str]]:
    """As `shown`. Raises NotFound outside the caller's perimeter."""
    return _shown(*loading.read(runtime, caller, declaration_id))


def shown(session: Session, loaded: LoadedDeclaration) -> tuple[Declaration, dict[str, str]]:
    """The body and the headers, with the ETag."""
    return _shown(loaded, loading.beside(session, loaded))


def _shown(loaded: DeclarationView, beside: Beside) -> tuple[Declaration, dict[str, str]]:
    row, draft, known = loaded.row, loaded.draft, loaded.known
    body: Declaration = {
        "id": str(row.id),
        "campaign": _campaign(loaded),
        "status": row.state,
        "status_label": label(loaded.state, row.version),
        "late": loaded.late,
        "exemption": EXEMPTION_LABELS[Exemption(row.exemption)] if row.exemption else None,
        "version": row.version,
        "amendment_reason": row.amendment_reason,
        "housing_type": loaded.dwelling.housing_type,
        "departement": loaded.dwelling.departement,
        "tenant": {
            "number": loaded.tenancy.tenant_number,
            "last_name": loaded.tenancy.tenant_last_name,
            "first_name": loaded.tenancy.tenant_first_name,
        },
        "dwelling": {"reference": loaded.dwelling.reference, "address": loaded.dwelling.address},
        "landlord": {"name": loaded.landlord.name, "user_number": loaded.landlord.user_number},
        "known": _known(loaded),
        "draft": shown_draft(draft),
        "commune_name": commune_name(draft, known),
        "next_step": journey.next_step(draft, loaded.state, known, loaded.context).value,
        "total": money.to_json(draft.rent.total) if draft.rent else None,
        "checks": {"to_confirm": points(draft, loaded)},
        "warnings": [
            {"code": each.code, "message": each.message, "article": each.article}
            for each in checks.warnings(draft, known, loaded.today)
        ],
        "question": row.question if loaded.state in journey.EDITABLE else None,
        "transmissions": [_transmission(each) for each in beside.transmissions],
        "actions": _actions(loaded),
        "paper": _paper(beside.paper),
        "updated_at": clock.iso(row.updated_at),
        "updated_by": author(loaded.caller, row.saved_by),
    }
    return body, {"ETag": etag(row.revision), "Cache-Control": "no-store"}


def _actions(loaded: DeclarationView) -> list[str]:
    """Agents have none here: they act through paper attestations."""
    if loaded.caller.kind == "agent":
        return []
    return [event.value for event in allowed(loaded.state, loaded.facts(reason="…")) if event in ACTIONS]


def author(caller: Caller, account_id: UUID | None) -> Author:
    """Who acted, as far as the caller may know: agents of the Caf are not named to landlords."""
    kind = "caf" if account_id is None else "you" if account_id == caller.sub else "organisation"
    return {"kind": kind, "account_id": str(account_id) if account_id else None}


def agent_author(caller: Caller, account_id: str) -> Author:
    """An agent who acted, named to another agent."""
    return {"kind": "you" if account_id == str(caller.sub) else "caf", "account_id": account_id}


def _paper(found: PaperRow | None) -> DeclarationPaper | None:
    """The attestation being typed, or the one that the version in hand was made from."""
    if found is None:
        return None
    return {
        "state": found.state,
        "received_on": found.received_on.isoformat(),
        "posted_on": found.posted_on.isoformat() if found.posted_on else None,
        "version": found.version,
        "at": clock.iso(found.ended_at or found.begun_at),
        "set_aside": comparison.differences(found.set_aside, found.draft) if found.set_aside else [],
    }


def _campaign(loaded: DeclarationView) -> DeclarationCampaign:
    contact = loaded.campaign.contact
    return {
        "year": loaded.campaign.year,
        "deadline": loaded.campaign.deadline.isoformat(),
        "cut_off": loaded.campaign.cut_off.isoformat(),
        "caf": {"name": contact["name"], "telephone": contact["telephone"], "address": contact["address"]},
    }


def _known(loaded: DeclarationView) -> DeclarationKnown:
    known = loaded.known
    return {
        "information": {
            "address": list(known.address),
            "commune_insee": known.commune_insee,
            "commune_name": communes.label(known.commune_insee),
            "furnished": known.furnished,
            "single_room": known.single_room,
            "lease_start": known.lease_start.isoformat(),
            "lease_end": known.lease_end.isoformat() if known.lease_end else None,
        },
        "situation": {"co_tenants": known.co_tenants},
        "previous_rent": _euros(known.previous_rent),
        "previous_charges": _euros(known.previous_charges),
        "benefit": {
            "kind": known.benefit_kind,
            "amount": _euros(loaded.shown_benefit),
            "paid_to_landlord": known.paid_to_landlord,
        },
    }


def shown_draft(draft: Draft) -> ShownDraft:
    # The fields are the rows of `declared`, which a type does not follow; tests compare them with the contract.
    return cast(ShownDraft, journey.dump(draft))


def commune_name(draft: Draft, known: Known) -> str:
    """Name of the commune declared so far; kept outside the draft, which can be sent back as it was read."""
    return communes.label((draft.information or known).commune_insee)


def _euros(amount: Any) -> str | None:
    return None if amount is None else money.to_json(amount)


def points(draft: Draft, loaded: DeclarationView) -> list[DeclarationChecksToConfirmItem]:
    """What must be confirmed in a draft of this declaration, online or on paper."""
    return [
        {
            "code": each.code.value,
            "message": each.message,
            "confirms": each.confirms,
            "confirmed": each.confirmed,
            "reason": each.reason,
        }
        for each in journey.confirmations(draft, loaded.known, loaded.campaign.year)
    ]


def _transmission(sent: Sent) -> DeclarationTransmission:
    version, document_id, answer = sent
    return {
        "version": version.version,
        "reference": version.reference,
        "transmitted_at": clock.iso(version.transmitted_at),
        "late": version.late,
        "channel": version.channel,
        "received_on": version.received_on.isoformat() if version.received_on else None,
        "posted_on": version.posted_on.isoformat() if version.posted_on else None,
        "document_id": str(document_id) if document_id else None,
        "superseded": version.state == State.SUPERSEDED,
        "reason": version.reason,
        "question": version.question,
        "answer": answers.answer(answer, answer.version) if answer else None,
    }


def transmission(version: DeclarationVersion) -> Transmission:
    """What the declarant gets at once, before the recap exists."""
    return {
        "declaration_id": str(version.declaration_id),
        "version": version.version,
        "reference": version.reference,
        "transmitted_at": clock.iso(version.transmitted_at),
        "late": version.late,
        "sha256": version.sha256,
    }
