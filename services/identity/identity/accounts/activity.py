"""Activity of an account: its journal lines, latest first."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis import clock, pagination
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.domain.security_events import label
from identity.models import Account, SecurityEvent

COLUMNS = ("Date et heure (Paris)", "Événement", "Par", "Navigateur", "Réseau")
HOLDER, AGENT, COLLEAGUE, SERVICE = "Vous", "Votre Caf", "Votre organisme", "Le service"
# More than anybody does in a year; the journal itself is not kept longer.
MOST_EXPORTED = 20_000


def page(session: Session, account_id: UUID, cursor: str | None, limit: int) -> dict[str, Any]:
    """Returns {items, next_cursor}; raises BadRequest for a cursor that we did not issue."""
    before = pagination.after_number(cursor)
    mine = select(SecurityEvent).where(SecurityEvent.account_id == account_id).order_by(SecurityEvent.seq.desc())
    if before is not None:
        mine = mine.where(SecurityEvent.seq < before)
    lines = session.scalars(mine.limit(limit + 1)).all()
    shown, following = pagination.page(lines, limit, lambda line: (line.seq,))
    return {"items": _to_json(session, account_id, shown), "next_cursor": following}


def everything(session: Session, account_id: UUID) -> list[dict[str, Any]]:
    """All stored lines, for the holder's export."""
    items: list[dict[str, Any]] = page(session, account_id, None, MOST_EXPORTED)["items"]
    return items


def as_csv(items: Sequence[dict[str, Any]]) -> str:
    """CSV for French spreadsheets: semicolons and a UTF-8 BOM. It contains no text typed by users."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for item in items:
        at = clock.parse(item["at"]).astimezone(clock.PARIS)
        table.writerow((f"{at:%d/%m/%Y %H:%M:%S}", *(item[name] for name in ("label", "by", "browser", "network"))))
    return "\ufeff" + written.getvalue()


def as_file(items: Sequence[dict[str, Any]], kind: str) -> Response:
    """Download in ``csv`` or ``json``."""
    text, media = (as_csv(items), "text/csv") if kind == "csv" else (_as_json(items), "application/json")
    answer = Response(text, content_type=f"{media}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="activite-du-compte.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _as_json(items: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"items": items}, ensure_ascii=False, indent=1)


def _to_json(session: Session, account_id: UUID, lines: Sequence[SecurityEvent]) -> list[dict[str, Any]]:
    kinds = _kinds_of_actors(session, {line.actor for line in lines})
    return [_line(line, account_id, kinds.get(line.actor)) for line in lines]


def _line(line: SecurityEvent, account_id: UUID, actor_kind: str | None) -> dict[str, Any]:
    """Hides browser and network of an agent or colleague from the holder."""
    own = line.actor == str(account_id)
    return {
        "id": line.seq,
        "at": clock.iso(line.at),
        "kind": line.kind,
        "label": label(line.kind),
        "by": HOLDER if own else {"agent": AGENT, "landlord": COLLEAGUE}.get(actor_kind or "", SERVICE),
        "browser": line.browser if own else "",
        "network": line.network if own else "",
        "session_id": None if line.session_id is None else str(line.session_id),
    }


def _kinds_of_actors(session: Session, actors: set[str]) -> dict[str, str]:
    people = [UUID(one) for one in actors if len(one) == 36]
    named = select(Account.id, Account.kind).where(Account.id.in_(people))
    return {str(account_id): kind for account_id, kind in session.execute(named)}
