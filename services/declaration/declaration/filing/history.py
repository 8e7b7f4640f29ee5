"""History of a declaration: versions with their differences, state transitions, paper attestations."""

from collections.abc import Sequence
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration.api_types.declarations import History, HistoryPaper, HistoryPassage, HistoryVersion
from declaration.domain import comparison, paper, snapshot
from declaration.domain.states import LABELS, TRIGGER_LABELS, State, Trigger, label
from declaration.filing.loading import FILE, WEB, LoadedDeclaration
from declaration.filing.queries import author
from declaration.models import DeclarationVersion, PaperReturn, StateTransition

# Even a declaration corrected every week of its campaign has fewer.
MOST = 200


def shown(session: Session, loaded: LoadedDeclaration) -> History:
    """The whole history, newest first."""
    versions = _versions(session, loaded)
    standing = snapshot.draft(versions[-1].snapshot) if versions else None
    correcting = loaded.state is State.DRAFT and standing is not None
    return {
        "versions": [
            _version(loaded.caller, each, versions[place - 1] if place else None)
            for place, each in reversed(list(enumerate(versions)))
        ],
        "correction": comparison.differences(standing, loaded.row.draft) if correcting and standing else [],
        "papers": [_paper(each) for each in _papers(session, loaded)],
        "passages": [_transition(loaded.caller, each) for each in _transitions(session, loaded)],
    }


def _versions(session: Session, loaded: LoadedDeclaration) -> Sequence[DeclarationVersion]:
    of_this = select(DeclarationVersion).where(DeclarationVersion.declaration_id == loaded.row.id)
    return session.execute(of_this.order_by(DeclarationVersion.version).limit(MOST)).scalars().all()


def _version(caller: Caller, version: DeclarationVersion, earlier: DeclarationVersion | None) -> HistoryVersion:
    return {
        "version": version.version,
        "state": version.state,
        "state_label": LABELS[State(version.state)],
        "reference": version.reference,
        "transmitted_at": clock.iso(version.transmitted_at),
        "received_on": version.received_on.isoformat() if version.received_on else None,
        "posted_on": version.posted_on.isoformat() if version.posted_on else None,
        "late": version.late,
        "channel": version.channel,
        "by": author(caller, version.declarant_account_id),
        "reason": version.reason,
        "question": version.question,
        "differences": _changed(version, earlier),
    }


def _changed(version: DeclarationVersion, earlier: DeclarationVersion | None) -> list[comparison.Difference]:
    if earlier is not None:
        return comparison.differences(snapshot.draft(earlier.snapshot), snapshot.draft(version.snapshot))
    # The first one is compared with the Caf's information.
    return [
        comparison.Difference(
            field=f"information/{each['field']}", label=each["label"], before=each["before"], after=each["after"]
        )
        for each in version.snapshot["corrected"]
    ]


def _papers(session: Session, loaded: LoadedDeclaration) -> Sequence[PaperReturn]:
    of_this = select(PaperReturn).where(PaperReturn.declaration_id == loaded.row.id)
    return session.execute(of_this.order_by(PaperReturn.id.desc()).limit(MOST)).scalars().all()


def _paper(row: PaperReturn) -> HistoryPaper:
    return {
        "state": row.state,
        "state_label": paper.LABELS[paper.State(row.state)],
        "received_on": row.received_on.isoformat(),
        "posted_on": row.posted_on.isoformat() if row.posted_on else None,
        "at": clock.iso(row.ended_at or row.begun_at),
        "reason": row.reason,
        "version": row.version,
    }


def _transitions(session: Session, loaded: LoadedDeclaration) -> Sequence[StateTransition]:
    of_this = select(StateTransition).where(StateTransition.declaration_id == loaded.row.id)
    return session.execute(of_this.order_by(StateTransition.seq.desc()).limit(MOST)).scalars().all()


def _transition(caller: Caller, transition: StateTransition) -> HistoryPassage:
    # The landlord acts online or by file; all other channels are the Caf's, or the campaign's own.
    account = UUID(transition.actor) if transition.channel in (WEB, FILE) else None
    # A correction is requested on one version and opens the next.
    reached = transition.version + (transition.event == Trigger.AMEND.value)
    return {
        "at": clock.iso(transition.at),
        "version": transition.version,
        "event": transition.event,
        "label": TRIGGER_LABELS[Trigger(transition.event)],
        "from_label": label(State(transition.from_state), transition.version) if transition.from_state else None,
        "to_label": label(State(transition.to_state), reached),
        "channel": transition.channel,
        "by": author(caller, account),
        "reason": transition.reason,
    }
