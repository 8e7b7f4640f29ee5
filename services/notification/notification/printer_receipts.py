"""The printer's receipt of a batch: if its totals match ours, the letters count as delivered."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from chassis import clock
from chassis.auth import Caller
from chassis.journal import record
from chassis.problems import Conflict, FieldError, Invalid
from sqlalchemy import select
from sqlalchemy.orm import Session

from notification import publishes
from notification.domain.batch_states import BatchState
from notification.domain.states import State, Trigger
from notification.lifecycle import transition
from notification.models import Message, PrintBatch


class Rejected(TypedDict):
    message_id: UUID
    reason: str


class Receipt(TypedDict):
    """As `schemas.ReceiptSchema` reads it."""

    letters: int
    pages: int
    rejected: list[Rejected]


def acknowledge(session: Session, caller: Caller, batch: PrintBatch, receipt: Receipt) -> None:
    """The same receipt again changes nothing.

    Raises Conflict before the batch is ready, Invalid when totals differ or a rejected letter is not in it."""
    if batch.state == BatchState.ACKNOWLEDGED:
        return
    if batch.state != BatchState.READY:
        raise Conflict("Ce lot n’est pas encore prêt : il n’a pas pu être imprimé.")
    letters = session.scalars(
        select(Message).where(Message.batch_id == batch.id, Message.state == State.BATCHED).with_for_update()
    ).all()
    rejected = {one["message_id"]: one["reason"] for one in receipt["rejected"]}
    _check(batch, letters, receipt)
    for message in letters:
        _close(session, message, rejected.get(message.id))
    batch.state, batch.acknowledged_at = BatchState.ACKNOWLEDGED, clock.now()
    batch.acknowledged_by = caller.sub
    record(
        session,
        actor=caller.sub,
        action="letter_batch.acknowledged",
        subject=batch.id,
        perimeter=batch.caf_code or "",
        after={"letters": batch.letters, "pages": batch.pages, "rejected": len(rejected)},
    )


def _close(session: Session, message: Message, refusal: str | None) -> None:
    if refusal is not None:
        transition(session, message, Trigger.REJECTED, refusal)
        return
    transition(session, message, Trigger.ACKNOWLEDGED)
    publishes.delivered(session, message)


def _check(batch: PrintBatch, letters: Sequence[Message], receipt: Receipt) -> None:
    """Compares the printer's counts with the manifest's: a missing page is an undelivered letter."""
    errors = [
        FieldError(
            pointer=f"/{name}",
            code="totals-differ",
            detail=f"Le lot compte {expected} {word}, le reçu en annonce {given}.",
            rule="Les totaux du reçu sont ceux du bordereau (manifest.json), courriers refusés compris.",
            example=str(expected),
        )
        for name, word, expected, given in (
            ("letters", "courriers", batch.letters, receipt["letters"]),
            ("pages", "pages", batch.pages, receipt["pages"]),
        )
        if given != expected
    ]
    mine = {message.id for message in letters}
    errors += [
        FieldError(
            pointer=f"/rejected/{place}/message_id",
            code="not-in-batch",
            detail="Ce courrier ne fait pas partie de ce lot.",
            rule="Les identifiants sont ceux du bordereau (manifest.json).",
        )
        for place, one in enumerate(receipt["rejected"])
        if one["message_id"] not in mine
    ]
    if errors:
        raise Invalid(errors)
