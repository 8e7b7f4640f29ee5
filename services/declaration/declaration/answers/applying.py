"""Applies a batch of answers, in file order and on locked rows; the state table decides each one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.db import upsert
from chassis.problems import Conflict
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration.domain import snapshot
from declaration.domain.answers.columns import ANSWERS, of_another
from declaration.domain.answers.reasons import EVENTS
from declaration.domain.registry.lines import LineError
from declaration.domain.states import Facts, State, Trigger, advance
from declaration.models import AnswerImport, CafAnswer, DeclarationVersion, RentDeclaration, StateTransition

CHANNEL = "caf"


@dataclass(frozen=True)
class Answer:
    """A well-formed line: its number, and its values by column."""

    line: int
    values: Mapping[str, Any]


@dataclass
class Outcome:
    """Result of applying a batch."""

    applied: int = 0
    unchanged: int = 0
    errors: list[LineError] = field(default_factory=list)


class _LineRefusedError(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class _Target:
    version: DeclarationVersion
    declaration: RentDeclaration


def apply(session: Session, import_row: AnswerImport, answers: list[Answer]) -> Outcome:
    """Applies the answers to versions of that Caf; an answer that the state table refuses is an error on its line."""
    outcome = Outcome()
    targets = _targets(session, import_row.caf_code, {answer.values["reference"] for answer in answers})
    words = _known_words(session, targets.values())
    for answer in answers:
        try:
            if _apply_one(session, import_row, answer, targets, words):
                outcome.applied += 1
            else:
                outcome.unchanged += 1
        except _LineRefusedError as refusal:
            outcome.errors.append(ANSWERS.error(answer.line, refusal.column, str(refusal)))
    return outcome


def _targets(session: Session, caf_code: str, references: set[str]) -> dict[str, _Target]:
    """Versions by reference. Locks their declarations in a fixed order: concurrent writers wait without deadlock."""
    found = (
        select(RentDeclaration)
        .where(
            RentDeclaration.caf_code == caf_code,
            RentDeclaration.id.in_(
                select(DeclarationVersion.declaration_id).where(DeclarationVersion.reference.in_(references))
            ),
        )
        .order_by(RentDeclaration.id)
        .with_for_update(of=RentDeclaration)
    )
    declarations = {row.id: row for row in session.execute(found).scalars()}
    # Read after locking: whoever held a declaration may have superseded the version.
    versions = select(DeclarationVersion).where(
        DeclarationVersion.reference.in_(references), DeclarationVersion.declaration_id.in_(declarations)
    )
    return {
        version.reference: _Target(version, declarations[version.declaration_id])
        for version in session.execute(versions).scalars()
    }


def _known_words(session: Session, targets: Iterable[_Target]) -> dict[UUID, tuple[str | None, str | None]]:
    """Reason code and text of the last answer, by version."""
    ids = [target.version.declaration_id for target in targets]
    versions = {(target.version.declaration_id, target.version.version): target.version.id for target in targets}
    statement = select(CafAnswer).where(CafAnswer.declaration_id.in_(ids))
    found: dict[UUID, tuple[str | None, str | None]] = {}
    for row in session.execute(statement).scalars():
        version_id = versions.get((row.declaration_id, row.version))
        if version_id:
            found[version_id] = (row.reason_code, row.text)
    return found


def _apply_one(
    session: Session,
    import_row: AnswerImport,
    answer: Answer,
    targets: dict[str, _Target],
    words: dict[UUID, tuple[str | None, str | None]],
) -> bool:
    """False when the version already had this very answer."""
    values = answer.values
    target = targets.get(values["reference"])
    if target is None:
        raise _LineRefusedError("reference", "Aucune version transmise à votre Caf n’a cette référence.")
    version = target.version
    if values["version"] and values["version"] != version.version:
        raise _LineRefusedError("version", f"Cette référence est celle de la version {version.version}.")
    if column := of_another(values, str(version.declaration_id), version.snapshot):
        raise _LineRefusedError(column, "Cette référence est celle d’une autre déclaration : la ligne a glissé.")
    said = (values["reason_code"], values["text"])
    if version.state == values["answer"] and words.get(version.id) == said:
        return False
    event = EVENTS[values["answer"]]
    before = State(version.state)
    try:
        after = advance(before, event)
    except Conflict as refusal:
        raise _LineRefusedError("answer", refusal.detail) from None
    version.state = after.value
    words[version.id] = said
    _note(session, import_row, answer, target, (event, before, after))
    _follow(session, import_row, target, event, values["text"])
    return True


def _follow(session: Session, import_row: AnswerImport, target: _Target, event: Trigger, text: str | None) -> None:
    """Moves the declaration after its version, unless a correction is already being written."""
    row, version = target.declaration, target.version
    if row.version == version.version:
        row.state = version.state
    elif event is Trigger.INTEGRATE:
        # The Caf has settled: the correction being written can no longer be sent.
        _abandon(session, import_row, target)
    elif event is Trigger.REQUEST_INFORMATION:
        row.question = text
    row.revision += 1
    row.updated_at = clock.now()


def _abandon(session: Session, import_row: AnswerImport, target: _Target) -> None:
    row, version = target.declaration, target.version
    before = State(row.state)
    after = advance(before, Trigger.ABANDON, Facts(standing=State(version.state)))
    session.add(_record_transition(import_row, row.id, row.version, (Trigger.ABANDON, before, after), None))
    row.state, row.version, row.late = after.value, version.version, version.late
    row.amendment_reason, row.question = version.reason, version.question
    row.draft = snapshot.draft(version.snapshot)
    row.rent = Decimal(version.snapshot["rent"]["rent"])


def _record_transition(
    import_row: AnswerImport,
    declaration_id: UUID,
    version: int,
    passed: tuple[Trigger, State, State],
    reason: str | None,
) -> StateTransition:
    event, before, after = passed
    return StateTransition(
        declaration_id=declaration_id,
        version=version,
        event=event.value,
        from_state=before.value,
        to_state=after.value,
        at=clock.now(),
        actor=import_row.sent_by,
        channel=CHANNEL,
        reason=reason,
    )


def _note(
    session: Session, import_row: AnswerImport, answer: Answer, target: _Target, passed: tuple[Trigger, State, State]
) -> None:
    version = target.version
    session.add(_record_transition(import_row, version.declaration_id, version.version, passed, answer.values["text"]))
    session.flush()
    values = {
        "declaration_id": version.declaration_id,
        "version": version.version,
        "import_id": import_row.id,
        "answer": answer.values["answer"],
        "reason_code": answer.values["reason_code"],
        "text": answer.values["text"],
        "answered_at": clock.now(),
        "told": False,
    }
    added = upsert(session, CafAnswer).values(values)
    session.execute(added.on_conflict_do_update(index_elements=["declaration_id", "version"], set_=values))
