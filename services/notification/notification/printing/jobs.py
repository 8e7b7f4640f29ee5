"""Print jobs: choose → build → receipt → erase; each step can be repeated after a crash.

The batch and its letters are committed first; the archive is then written from rows that no longer change. After a
crash in between, the same bytes are written at the same place again: the printer never finds a letter in two
batches.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from chassis import clock
from chassis.runtime import Runtime, of
from chassis.sealing import SealBroken
from chassis.storage import Storage
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from notification.domain.batch_states import BatchState, destination_of
from notification.domain.batches import BatchPlan, ReadyLetter, plan_batches
from notification.domain.calendar import is_overdue
from notification.domain.kinds import Series
from notification.domain.messages import Template
from notification.domain.states import FINAL, State, Trigger
from notification.lifecycle import locked, transition
from notification.models import Message, PrintBatch
from notification.printing.batch import BuiltBatch, PdfMismatchError, PrintedLetter, build_batch
from notification.sealed_files import open_pdf, seal_for_printer
from notification.settings import own

log = structlog.get_logger()
MOST_AT_ONCE = 5000
COMPOSITION_IS_LATE = timedelta(hours=1)
# For a letter waiting for the Caf to correct the address: after half a year its content is out of date.
WAITS_FOR_ADDRESS = timedelta(days=180)


def make_batches(runtime: Runtime) -> None:
    """Puts due letters into batches, then builds every unbuilt batch."""
    choose_letters(runtime)
    for batch_id in _batches_to_build(runtime):
        build(runtime, batch_id)


def choose_letters(runtime: Runtime) -> None:
    """Puts letters past their cut-off into batches, except passwords that expired while waiting."""
    settings = own(runtime.settings)
    now = clock.now()
    with runtime.transaction() as session:
        letters = {message.id: message for message in _composed(session) if not _expired(session, message)}
        plans = plan_batches(
            [_ready(message) for message in letters.values()],
            now,
            cutoffs=settings.cutoffs,
            at_once=settings.letter_batches_at_once,
            limit=settings.letter_batch_limit,
        )
        for plan in plans:
            _fill(session, plan, letters)


def _composed(session: Session) -> Sequence[Message]:
    waiting = select(Message).where(Message.state == State.COMPOSED).order_by(Message.id).limit(MOST_AT_ONCE)
    return session.scalars(waiting.with_for_update(skip_locked=True)).all()


def _expired(session: Session, message: Message) -> bool:
    if message.expires_at is None or message.expires_at > clock.now():
        return False
    return transition(session, message, Trigger.EXPIRED)


def _ready(message: Message) -> ReadyLetter:
    composed_at = message.composed_at or message.updated_at
    return ReadyLetter(message.id, Template(message.template), composed_at, message.caf_code, message.abroad)


def _fill(session: Session, plan: BatchPlan, letters: dict[UUID, Message]) -> None:
    batch = PrintBatch(
        series=plan.series,
        caf_code=plan.caf_code,
        abroad=plan.abroad,
        state=BatchState.PLANNED,
        made_at=clock.now(),
        print_from=plan.print_from,
    )
    session.add(batch)
    session.flush()
    for position, letter in enumerate(plan.letters, start=1):
        message = letters[letter.id]
        message.batch_id, message.position = batch.id, position
        transition(session, message, Trigger.BATCHED)


def _batches_to_build(runtime: Runtime) -> Sequence[UUID]:
    with runtime.read_only() as session:
        planned = select(PrintBatch.id).where(PrintBatch.state == BatchState.PLANNED).order_by(PrintBatch.id)
        return session.scalars(planned).all()


def build(runtime: Runtime, batch_id: UUID) -> None:
    """Writes the archive to the printer's storage; a letter whose PDF is not the rendered one is set aside."""
    with runtime.transaction() as session:
        batch = session.scalars(
            select(PrintBatch)
            .where(PrintBatch.id == batch_id, PrintBatch.state == BatchState.PLANNED)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if batch is None:
            return
        built = _build_archive(session, batch)
        if built is None:
            return
        batch.storage_key = _deliver(runtime, batch, built)
        batch.state, batch.sha256, batch.size = BatchState.READY, built.sha256, len(built.content)
        batch.letters, batch.pages = built.letters, built.pages
    log.info("letter batch ready", batch_id=str(batch_id), letters=built.letters, pages=built.pages)


def _build_archive(session: Session, batch: PrintBatch) -> BuiltBatch | None:
    """None when a letter had to be set aside: the next run builds the batch without it."""
    exchange = Storage(of(session).settings.exchange_url)
    messages = session.scalars(
        select(Message).where(Message.batch_id == batch.id, Message.state == State.BATCHED).order_by(Message.position)
    ).all()
    try:
        return build_batch(
            batch_id=batch.id,
            series=Series(batch.series),
            made_at=batch.made_at,
            print_from=batch.print_from,
            destination=destination_of(abroad=batch.abroad),
            letters=[_printed(session, exchange, message) for message in messages],
        )
    except PdfMismatchError as error:
        wrong = locked(session, error.message_id)
        if wrong is not None:
            transition(session, wrong, Trigger.REJECTED, "pdf-unusable")
        log.error("letter put aside", message_id=str(error.message_id), batch_id=str(batch.id))
        return None


def _printed(session: Session, exchange: Storage, message: Message) -> PrintedLetter:
    try:
        content = open_pdf(of(session).settings, exchange.get(message.storage_key or ""))
    except (FileNotFoundError, SealBroken) as error:
        raise PdfMismatchError(message.id) from error
    return PrintedLetter(message.id, content, message.sha256 or "", message.pages or 0)


def _deliver(runtime: Runtime, batch: PrintBatch, built: BuiltBatch) -> str:
    settings = own(runtime.settings)
    content, suffix = built.content, "zip"
    if batch.series == Series.CONFIDENTIAL and settings.printer_public_key:
        content, suffix = seal_for_printer(settings.printer_public_key, built.content), "zip.jwe"
    key = f"{batch.series}/{batch.id}.{suffix}"
    Storage(settings.print_url).put(key, content)
    return key


def erase_printed(runtime: Runtime) -> None:
    """Deletes the files of finished letters and of batches the printer acknowledged; repeatable."""
    settings = own(runtime.settings)
    exchange, tray = Storage(settings.exchange_url), Storage(settings.print_url)
    with runtime.transaction() as session:
        over = select(Message).where(Message.state.in_(FINAL), Message.storage_key.is_not(None)).limit(MOST_AT_ONCE)
        for message in session.scalars(over):
            exchange.delete(message.storage_key or "")
            message.storage_key = None
        acknowledged = PrintBatch.state == BatchState.ACKNOWLEDGED
        for batch in session.scalars(select(PrintBatch).where(acknowledged, PrintBatch.storage_key.is_not(None))):
            tray.delete(batch.storage_key or "")
            batch.storage_key = None


def expire_waiting(runtime: Runtime) -> None:
    """Expires letters that waited too long for a printable address, and erases their content."""
    now = clock.now()
    over = or_(Message.expires_at <= now, Message.created_at <= now - WAITS_FOR_ADDRESS)
    waiting = select(Message).where(Message.state == State.ADDRESS_REFUSED, over).limit(MOST_AT_ONCE)
    with runtime.transaction() as session:
        for message in session.scalars(waiting.with_for_update(skip_locked=True)):
            transition(session, message, Trigger.EXPIRED, message.reason)


def watch(runtime: Runtime) -> None:
    """Logs letters that wait too long for a PDF or for the printer's receipt (docs/runbook.md)."""
    settings, now = own(runtime.settings), clock.now()
    with runtime.read_only() as session:
        late = Message.updated_at < now - COMPOSITION_IS_LATE
        composing = select(func.count()).where(Message.state == State.TO_COMPOSE, late)
        if count := session.scalar(composing):
            log.warning("letters without PDF", letters=count)
        for batch in session.scalars(select(PrintBatch).where(PrintBatch.state == BatchState.READY)):
            if is_overdue(batch.made_at, now, settings.letter_receipt_working_days):
                log.warning("letter batch without receipt", batch_id=str(batch.id))
