"""Agents' queries, each with the perimeter inside: one Caf, or all of them for a supervisor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, RowMapping, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from notification.domain.batch_states import BATCH_LABELS, DESTINATION_LABELS, BatchState, destination_of
from notification.domain.channels import CHANNEL_LABELS, REASON_LABELS, Channel
from notification.domain.kinds import SERIES_LABELS, Series
from notification.domain.messages import Template
from notification.domain.states import LABELS, State
from notification.models import Message, PrintBatch

# The columns shown: never the address, the variables or the secret.
MESSAGE_COLUMNS = (
    Message.id,
    Message.template,
    Message.channel,
    Message.state,
    Message.reason,
    Message.caf_code,
    Message.recipient_name,
    Message.account_id,
    Message.landlord_id,
    Message.declaration_id,
    Message.replaces_id,
    Message.batch_id,
    Message.attempts,
    Message.created_at,
    Message.updated_at,
    Message.sent_at,
)
BATCH_COLUMNS = (
    PrintBatch.id,
    PrintBatch.series,
    PrintBatch.caf_code,
    PrintBatch.abroad,
    PrintBatch.state,
    PrintBatch.made_at,
    PrintBatch.print_from,
    PrintBatch.letters,
    PrintBatch.pages,
    PrintBatch.size,
    PrintBatch.sha256,
    PrintBatch.acknowledged_at,
)
FILTERS: Mapping[str, InstrumentedAttribute[Any]] = {
    "state": Message.state,
    "channel": Message.channel,
    "template": Message.template,
    "caf_code": Message.caf_code,
    "declaration_id": Message.declaration_id,
    "landlord_id": Message.landlord_id,
}


def own_caf(caller: Caller, column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """An agent without a Caf sees nothing: "" matches no code, and None would become IS NULL."""
    return true() if caller.supervisor else column == (caller.caf or "")


def messages(
    session: Session, caller: Caller, *, limit: int, cursor: str | None, filters: Mapping[str, Any]
) -> dict[str, object]:
    """A page of messages, newest first, with the total and the count per state."""
    seen = [own_caf(caller, Message.caf_code), *_filters(filters)]
    by_state = session.execute(select(Message.state, func.count()).where(*seen).group_by(Message.state)).all()
    counts = {state: count for state, count in by_state}
    after = pagination.after_id(cursor)
    wanted = select(*MESSAGE_COLUMNS).where(*seen, *([Message.id < after] if after else []))
    rows = session.execute(wanted.order_by(Message.id.desc()).limit(limit + 1)).mappings().all()
    shown, following = pagination.page(rows, limit, lambda row: (row["id"],))
    items = [_message(row) for row in shown]
    return {"items": items, "total": sum(counts.values()), "counts": counts, "next_cursor": following}


def batches(session: Session, caller: Caller, *, limit: int, cursor: str | None) -> dict[str, object]:
    seen = own_caf(caller, PrintBatch.caf_code)
    total = session.scalar(select(func.count()).select_from(PrintBatch).where(seen))
    after = pagination.after_id(cursor)
    wanted = select(*BATCH_COLUMNS).where(seen, *([PrintBatch.id < after] if after else []))
    rows = session.execute(wanted.order_by(PrintBatch.id.desc()).limit(limit + 1)).mappings().all()
    shown, following = pagination.page(rows, limit, lambda row: (row["id"],))
    return {"items": [_batch(dict(row)) for row in shown], "total": total, "next_cursor": following}


def batch(session: Session, caller: Caller, batch_id: UUID, *, lock: bool = False) -> PrintBatch:
    """Raises NotFound for an unknown id, and outside the caller's Caf."""
    wanted = select(PrintBatch).where(PrintBatch.id == batch_id, own_caf(caller, PrintBatch.caf_code))
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def batch_view(found: PrintBatch) -> dict[str, object]:
    """Instants as text: the response is stored, and repeated to a client that repeats the request."""
    values = {column.key: getattr(found, column.key) for column in BATCH_COLUMNS}
    return _batch({key: clock.iso(one) if isinstance(one, datetime) else one for key, one in values.items()})


def _filters(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [FILTERS[name] == value for name, value in filters.items() if value is not None]


def _message(row: RowMapping) -> dict[str, object]:
    return {
        **row,
        "template_label": Template(row["template"]).kind.label,
        "channel_label": CHANNEL_LABELS[Channel(row["channel"])],
        "state_label": LABELS[State(row["state"])],
        "reason_label": REASON_LABELS.get(row["reason"]),
    }


def _batch(row: Mapping[str, Any]) -> dict[str, object]:
    destination = destination_of(abroad=row["abroad"])
    return {
        **{name: value for name, value in row.items() if name != "abroad"},
        "destination": destination.value,
        "destination_label": DESTINATION_LABELS[destination],
        "series_label": SERIES_LABELS[Series(row["series"])],
        "state_label": BATCH_LABELS[BatchState(row["state"])],
        "downloadable": row["state"] == BatchState.READY and row["series"] == Series.ORDINARY,
    }
