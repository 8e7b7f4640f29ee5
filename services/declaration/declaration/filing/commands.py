"""Commands on a declaration: save, transmit, amend, abandon. Each records a state transition."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import clock, journal
from chassis.problems import Invalid
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.campaigns import reminder_withdrawal
from declaration.domain import communes, journey, snapshot
from declaration.domain.draft import StoredDraft
from declaration.domain.states import State, Trigger, advance
from declaration.filing.loading import PAPER, WEB, LoadedDeclaration, standing_version
from declaration.models import CafAnswer, DeclarationVersion, StateTransition
from declaration.published_types import Recipient
from declaration.publishes import AboutTransmitted


def save(session: Session, loaded: LoadedDeclaration, change: Mapping[str, Any]) -> None:
    """Saves the steps of `change`. Raises Invalid with all their errors; then nothing changes."""
    following = advance(loaded.state, Trigger.SAVE, loaded.facts())
    loaded.store(journey.save(loaded.draft, change, loaded.known, loaded.context))
    loaded.row.draft_channel = loaded.channel
    if following is not loaded.state:
        _record_transition(session, loaded, Trigger.SAVE, loaded.state, following)
    _touch(session, loaded, following)
    journal.record(
        session,
        actor=loaded.caller.sub,
        action="declaration.saved",
        subject=loaded.row.id,
        perimeter=loaded.campaign.caf_code,
        # Which steps, never their content: the journal outlives the data.
        after={"steps": sorted(change), "revision": loaded.row.revision, "channel": loaded.channel},
    )


def transmit(session: Session, loaded: LoadedDeclaration, lot_id: UUID | None = None) -> DeclarationVersion:
    """Creates the immutable version and publishes its event. Raises Invalid with all that is missing, Conflict.

    `lot_id`: the batch it belongs to, which gets one message.
    """
    if loaded.state is State.DRAFT and (missing := journey.missing(loaded.draft, loaded.known, loaded.context)):
        raise Invalid(missing, "La déclaration n’est pas complète.")
    following = advance(loaded.state, Trigger.TRANSMIT, loaded.facts())
    loaded.row.late = loaded.late
    earlier = standing_version(session, loaded.row.id) if loaded.row.version > 1 else None
    version = _version(loaded, earlier)
    session.add(version)
    _record_transition(session, loaded, Trigger.TRANSMIT, loaded.state, following)
    publishes.transmitted(session, version, _about(loaded, lot_id), _recipient(loaded))
    if earlier is not None:
        _supersede(session, loaded, earlier)
    # The rows of a batch are written together, at the end of its transaction.
    _touch(session, loaded, following, write=lot_id is None)
    return version


def take_paper(session: Session, loaded: LoadedDeclaration, draft: StoredDraft, reason: str) -> None:
    """Replaces the draft with what a paper says, ready to transmit. Raises Conflict once the Caf has settled.

    `reason`: why it replaces what was transmitted; empty before the first transmission.
    """
    if loaded.state not in journey.EDITABLE:
        amend(session, loaded, reason)
    elif loaded.state is State.TO_DECLARE:
        following = advance(loaded.state, Trigger.SAVE, loaded.facts())
        _record_transition(session, loaded, Trigger.SAVE, loaded.state, following)
        loaded.row.state = following.value
    elif reason:
        loaded.row.amendment_reason = reason
    loaded.row.draft = draft


def amend(session: Session, loaded: LoadedDeclaration, reason: str) -> None:
    """Opens the next version as a draft, copied from the transmitted one. Raises Conflict once the Caf has settled."""
    following = advance(loaded.state, Trigger.AMEND, loaded.facts(reason))
    _record_transition(session, loaded, Trigger.AMEND, loaded.state, following, reason)
    # The Caf's question goes with the version that answers it.
    loaded.row.question = _question(session, loaded) if loaded.state is State.INFORMATION_REQUESTED else None
    loaded.row.version += 1
    loaded.row.draft_channel = None
    loaded.row.amendment_reason = reason
    _touch(session, loaded, following)


def abandon(session: Session, loaded: LoadedDeclaration) -> None:
    """Drops the open correction: what was transmitted counts as before. Raises Conflict when none is open."""
    following = advance(loaded.state, Trigger.ABANDON, loaded.facts())
    standing = standing_version(session, loaded.row.id)
    if standing is None:
        raise LookupError("the guard promised a transmitted version")
    _record_transition(session, loaded, Trigger.ABANDON, loaded.state, following)
    loaded.row.version = standing.version
    loaded.row.draft = snapshot.draft(standing.snapshot)
    loaded.row.draft_channel = standing.channel
    loaded.row.late = standing.late
    loaded.row.amendment_reason, loaded.row.question = standing.reason, standing.question
    _touch(session, loaded, following)
    reminder_withdrawal.withdraw_of(session, loaded.row.id)


def _question(session: Session, loaded: LoadedDeclaration) -> str | None:
    answer = session.get(CafAnswer, (loaded.row.id, loaded.row.version))
    return answer.text if answer else None


def _version(loaded: LoadedDeclaration, earlier: DeclarationVersion | None) -> DeclarationVersion:
    content = _snapshot(loaded)
    return DeclarationVersion(
        declaration_id=loaded.row.id,
        version=loaded.row.version,
        state=State.TRANSMITTED.value,
        supersedes=earlier.version if earlier else None,
        reason=loaded.row.amendment_reason,
        question=loaded.row.question,
        reference=snapshot.reference(loaded.campaign.year),
        sha256=snapshot.sha256(content),
        snapshot=content,
        transmitted_at=clock.now(),
        late=loaded.row.late,
        # Lines of a file may be transmitted from a page: they still came by file.
        channel=PAPER if loaded.channel == PAPER else loaded.row.draft_channel or WEB,
        received_on=loaded.arrival.received_on if loaded.arrival else None,
        posted_on=loaded.arrival.posted_on if loaded.arrival else None,
        declarant_account_id=loaded.declarant,
    )


def _supersede(session: Session, loaded: LoadedDeclaration, earlier: DeclarationVersion) -> None:
    before = State(earlier.state)
    after = advance(before, Trigger.SUPERSEDE)
    earlier.state = after.value
    _record_transition(
        session, loaded, Trigger.SUPERSEDE, before, after, loaded.row.amendment_reason, version=earlier.version
    )
    publishes.superseded(session, earlier, loaded.row.version)


def _touch(session: Session, loaded: LoadedDeclaration, following: State, *, write: bool = True) -> None:
    loaded.row.state = following.value
    loaded.row.rent = loaded.draft.rent.rent if loaded.draft.rent else None
    loaded.row.revision += 1
    loaded.row.updated_at = clock.now()
    loaded.row.saved_by = loaded.declarant
    if write:
        session.flush()


def _record_transition(
    session: Session,
    loaded: LoadedDeclaration,
    event: Trigger,
    before: State,
    after: State,
    reason: str | None = None,
    version: int | None = None,
) -> None:
    transition = StateTransition(
        declaration_id=loaded.row.id,
        version=version or loaded.row.version,
        event=event.value,
        from_state=before.value,
        to_state=after.value,
        at=clock.now(),
        actor=str(loaded.caller.sub),
        channel=loaded.channel,
        reason=reason,
    )
    session.add(transition)


def _about(loaded: LoadedDeclaration, lot_id: UUID | None) -> AboutTransmitted:
    about: AboutTransmitted = {
        "campaign_year": loaded.campaign.year,
        "organisation_id": str(loaded.landlord.organisation_id),
        "landlord_id": str(loaded.landlord.id),
        "caf_code": loaded.campaign.caf_code,
        "housing_type": loaded.dwelling.housing_type,
        "departement": loaded.dwelling.departement,
        "commune": loaded.dwelling.commune_insee,
    }
    if lot_id:
        about["lot_id"] = str(lot_id)
    return about


def _recipient(loaded: LoadedDeclaration) -> Recipient:
    return {"name": loaded.landlord.name, "email": loaded.landlord.email, "address": loaded.landlord.address}


def _snapshot(loaded: LoadedDeclaration) -> dict[str, object]:
    landlord, dwelling, tenancy, contact = loaded.landlord, loaded.dwelling, loaded.tenancy, loaded.campaign.contact
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
        **snapshot.declared(loaded.draft, loaded.known, loaded.campaign.year),
        "caf": {name: contact[name] for name in ("name", "address", "telephone")},
    }
