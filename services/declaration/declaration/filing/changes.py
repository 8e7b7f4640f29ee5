"""What may be done to a declaration: save a step, transmit, open a correction. Each passage leaves its row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import clock, journal
from chassis.problems import Invalid
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration import finishing, publishes
from declaration.domain import communes, journey, snapshot
from declaration.domain.states import Event, State, advance
from declaration.filing.case import PAPER, WEB, Case
from declaration.models import CafAnswer, DeclarationVersion, Passage, RentDeclaration


def save(session: Session, case: Case, change: Mapping[str, Any]) -> None:
    """Saves the steps of `change`. Raises Invalid with every error of them; then nothing changes."""
    following = advance(case.state, Event.SAVE, case.facts())
    case.row.draft = journey.dump(journey.save(case.draft, change, case.known, case.context))
    case.row.draft_channel = case.channel
    if following is not case.state:
        _passage(session, case, Event.SAVE, case.state, following)
    _touch(session, case, following)
    journal.record(
        session,
        actor=case.caller.sub,
        action="declaration.saved",
        subject=case.row.id,
        perimeter=case.campaign.caf_code,
        # Which steps, never what they say: the journal outlives the data.
        after={"steps": sorted(change), "revision": case.row.revision, "channel": case.channel},
    )


def transmit(session: Session, case: Case, lot_id: UUID | None = None) -> DeclarationVersion:
    """Makes the version that never changes, and tells the others. Raises Invalid with all that is missing, Conflict.

    `lot_id`: it is one of several, which get one message together.
    """
    if case.state is State.DRAFT and (missing := journey.missing(case.draft, case.known, case.context)):
        raise Invalid(missing, "La déclaration n’est pas complète.")
    following = advance(case.state, Event.TRANSMIT, case.facts())
    case.row.late = case.late
    earlier = _latest(session, case)
    version = _version(case, earlier)
    session.add(version)
    _passage(session, case, Event.TRANSMIT, case.state, following)
    lot = {"lot_id": str(lot_id)} if lot_id else {}
    publishes.transmitted(session, version, {**_about(case), **lot}, _recipient(case))
    if earlier is not None:
        _supersede(session, case, earlier)
    _touch(session, case, following)
    return version


def take_paper(session: Session, case: Case, draft: dict[str, Any], reason: str) -> None:
    """Puts what a paper says in the place of the draft, ready to transmit. Raises Conflict once the Caf has settled.

    `reason`: why it replaces what was transmitted; empty before the first transmission.
    """
    if case.state not in journey.EDITABLE:
        amend(session, case, reason)
    elif case.state is State.TO_DECLARE:
        following = advance(case.state, Event.SAVE, case.facts())
        _passage(session, case, Event.SAVE, case.state, following)
        case.row.state = following.value
    elif reason:
        case.row.amendment_reason = reason
    case.row.draft = draft


def amend(session: Session, case: Case, reason: str) -> None:
    """Opens the next version as a draft of what was transmitted. Raises Conflict once the Caf has settled."""
    following = advance(case.state, Event.AMEND, case.facts(reason))
    _passage(session, case, Event.AMEND, case.state, following, reason)
    # What the Caf asked travels with the version that answers it.
    case.row.question = _question(session, case) if case.state is State.INFORMATION_REQUESTED else None
    case.row.version += 1
    case.row.draft_channel = None
    case.row.amendment_reason = reason
    _touch(session, case, following)


def abandon(session: Session, case: Case) -> None:
    """Drops the open correction: what was transmitted counts as before. Raises Conflict when none is open."""
    following = advance(case.state, Event.ABANDON, case.facts())
    standing = _latest(session, case)
    if standing is None:
        raise LookupError("the guard promised a transmitted version")
    _passage(session, case, Event.ABANDON, case.state, following)
    case.row.version = standing.version
    case.row.draft = snapshot.draft(standing.snapshot)
    case.row.draft_channel = standing.channel
    case.row.late = standing.late
    case.row.amendment_reason, case.row.question = standing.reason, standing.question
    _touch(session, case, following)
    finishing.take_back(session, RentDeclaration.id == case.row.id)


def _question(session: Session, case: Case) -> str | None:
    answer = session.get(CafAnswer, (case.row.id, case.row.version))
    return answer.text if answer else None


def _latest(session: Session, case: Case) -> DeclarationVersion | None:
    of_this = select(DeclarationVersion).where(DeclarationVersion.declaration_id == case.row.id)
    return session.execute(of_this.order_by(DeclarationVersion.version.desc()).limit(1)).scalar_one_or_none()


def _version(case: Case, earlier: DeclarationVersion | None) -> DeclarationVersion:
    content = _snapshot(case)
    return DeclarationVersion(
        declaration_id=case.row.id,
        version=case.row.version,
        state=State.TRANSMITTED.value,
        supersedes=earlier.version if earlier else None,
        reason=case.row.amendment_reason,
        question=case.row.question,
        reference=snapshot.reference(case.campaign.year),
        sha256=snapshot.sha256(content),
        snapshot=content,
        transmitted_at=clock.now(),
        late=case.row.late,
        # Who transmits a file's lines does it on a page: they came by file all the same.
        channel=PAPER if case.channel == PAPER else case.row.draft_channel or WEB,
        received_on=case.arrival.received_on if case.arrival else None,
        posted_on=case.arrival.posted_on if case.arrival else None,
        declarant_account_id=case.declarant,
    )


def _supersede(session: Session, case: Case, earlier: DeclarationVersion) -> None:
    before = State(earlier.state)
    after = advance(before, Event.SUPERSEDE)
    earlier.state = after.value
    _passage(session, case, Event.SUPERSEDE, before, after, case.row.amendment_reason, version=earlier.version)
    publishes.superseded(session, earlier, case.row.version)


def _touch(session: Session, case: Case, following: State) -> None:
    case.row.state = following.value
    case.row.rent = case.draft.rent.rent if case.draft.rent else None
    case.row.revision += 1
    case.row.updated_at = clock.now()
    case.row.saved_by = case.declarant
    session.flush()


def _passage(
    session: Session,
    case: Case,
    event: Event,
    before: State,
    after: State,
    reason: str | None = None,
    version: int | None = None,
) -> None:
    passage = Passage(
        declaration_id=case.row.id,
        version=version or case.row.version,
        event=event.value,
        from_state=before.value,
        to_state=after.value,
        at=clock.now(),
        actor=str(case.caller.sub),
        channel=case.channel,
        reason=reason,
    )
    session.add(passage)


def _about(case: Case) -> dict[str, Any]:
    return {
        "campaign_year": case.campaign.year,
        "organisation_id": str(case.landlord.organisation_id),
        "landlord_id": str(case.landlord.id),
        "caf_code": case.campaign.caf_code,
        "housing_type": case.dwelling.housing_type,
        "departement": case.dwelling.departement,
        "commune": case.dwelling.commune_insee,
    }


def _recipient(case: Case) -> dict[str, Any]:
    return {"name": case.landlord.name, "email": case.landlord.email, "address": case.landlord.address}


def _snapshot(case: Case) -> dict[str, Any]:
    landlord, dwelling, tenancy, contact = case.landlord, case.dwelling, case.tenancy, case.campaign.contact
    return {
        "landlord": {
            "name": landlord.name,
            "address": landlord.address,
            "user_number": landlord.user_number,
            "siret": landlord.siret,
        },
        "dwelling": {
            "reference": dwelling.reference,
            "address": dwelling.address,
            "commune": f"{dwelling.commune_insee} {communes.name(dwelling.commune_insee)}",
            "housing_type": dwelling.housing_type,
            "furnished": dwelling.furnished,
            "single_room": dwelling.single_room,
        },
        "tenant": {
            "number": tenancy.tenant_number,
            "last_name": tenancy.tenant_last_name,
            "first_name": tenancy.tenant_first_name,
            "lease_start": tenancy.lease_start.isoformat(),
        },
        **snapshot.declared(case.draft, case.known, case.campaign.year),
        "caf": {name: contact[name] for name in ("name", "address", "telephone")},
    }
