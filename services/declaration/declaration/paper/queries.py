"""Attestations that an agent sees, shown beside the declaration, with what is left to do."""

from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.french import money
from chassis.http import etag
from chassis.problems import NotFound
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from declaration.api_types.paper import ListPapersAnswer, PaperBeside, PaperSummary
from declaration.api_types.paper import Paper as ShownPaper
from declaration.domain import checks, comparison, journey, paper, snapshot
from declaration.domain.draft import Draft
from declaration.domain.paper import LABELS, Arrival, Other, State
from declaration.domain.states import Trigger, allowed
from declaration.filing import loading
from declaration.filing import queries as declarations
from declaration.filing.loading import LoadedDeclaration
from declaration.filing.row_draft import RowDraft
from declaration.models import PaperReturn, RentDeclaration
from declaration.perimeter import visible

Shown = tuple[ShownPaper, dict[str, str]]


@dataclass(frozen=True)
class Typed:
    """An attestation, with its declaration as it is now."""

    row: PaperReturn
    loaded: LoadedDeclaration

    @cached_property
    def _stored(self) -> RowDraft:
        return RowDraft(self.row)

    @property
    def draft(self) -> Draft:
        return self._stored.draft

    def store(self, draft: Draft) -> None:
        self._stored.draft = draft

    @property
    def state(self) -> State:
        return State(self.row.state)


def find(session: Session, caller: Caller, paper_id: UUID, *, change: bool = False) -> Typed:
    """Raises NotFound outside the agent's Caf. `change` locks both rows until the end of the transaction."""
    statement = select(PaperReturn).where(PaperReturn.id == paper_id, _inside(caller))
    row = session.execute(statement.with_for_update() if change else statement).scalar_one_or_none()
    if row is None:
        raise NotFound
    loaded = loading.find(session, caller, row.declaration_id, change=change)
    return typed(row, loaded)


def typed(row: PaperReturn, loaded: LoadedDeclaration) -> Typed:
    """The attestation with the days of its envelope."""
    return Typed(row, replace(loaded, arrival=Arrival(row.received_on, row.posted_on)))


def _inside(caller: Caller) -> ColumnElement[bool]:
    declarations_seen = select(RentDeclaration.id).where(visible(caller))
    return PaperReturn.declaration_id.in_(declarations_seen)


def page(
    session: Session, caller: Caller, state: str | None, declaration: str | None, cursor: str | None, limit: int
) -> ListPapersAnswer:
    """Oldest first: attestations being typed should be finished."""
    inside = [_inside(caller)]
    if state:
        inside.append(PaperReturn.state == state)
    if declaration:
        inside.append(PaperReturn.declaration_id == UUID(declaration))
    if after := pagination.after_id(cursor):
        inside.append(PaperReturn.id > after)
    found = session.execute(select(PaperReturn).where(*inside).order_by(PaperReturn.id).limit(limit + 1)).scalars()
    rows, following = pagination.page(found.all(), limit, lambda row: (row.id,))
    around = loading.many(session, caller, {row.declaration_id for row in rows})
    items = [_summary(Typed(row, around[row.declaration_id])) for row in rows]
    return {"items": items, "next_cursor": following}


def _summary(typed: Typed) -> PaperSummary:
    row, loaded = typed.row, typed.loaded
    return {
        "id": str(row.id),
        "declaration_id": str(row.declaration_id),
        "campaign": loaded.campaign.year,
        "state": row.state,
        "state_label": LABELS[typed.state],
        "received_on": row.received_on.isoformat(),
        "posted_on": row.posted_on.isoformat() if row.posted_on else None,
        "tenant": {
            "number": loaded.tenancy.tenant_number,
            "last_name": loaded.tenancy.tenant_last_name,
            "first_name": loaded.tenancy.tenant_first_name,
        },
        "landlord": {"name": loaded.landlord.name, "user_number": loaded.landlord.user_number},
        "begun_at": clock.iso(row.begun_at),
        "ended_at": clock.iso(row.ended_at) if row.ended_at else None,
        "saved_at": clock.iso(row.saved_at or row.begun_at),
        "saved_by": declarations.agent_author(loaded.caller, row.saved_by or row.typed_by),
        "reason": row.reason,
        "version": row.version,
    }


def shown(session: Session, typed: Typed) -> Shown:
    """The body and the headers, with the ETag."""
    row, loaded, draft = typed.row, typed.loaded, typed.draft
    declaration, headers = declarations.shown(session, loaded)
    body: ShownPaper = {
        **_summary(typed),
        "late": loaded.late,
        "draft": declarations.shown_draft(draft),
        "commune_name": declarations.commune_name(draft, loaded.known),
        "total": money.to_json(draft.rent.total) if draft.rent else None,
        "to_confirm": declarations.points(draft, loaded),
        "warnings": [
            {"code": each.code, "message": each.message, "article": each.article}
            for each in checks.warnings(draft, loaded.known, loaded.today)
        ],
        "missing": [error.detail for error in journey.missing(draft, loaded.known, loaded.context)],
        "beside": conflict(session, typed),
        "declaration": declaration,
        "declaration_etag": headers["ETag"],
    }
    return body, {"ETag": etag(row.revision), "Cache-Control": "no-store"}


def conflict(session: Session, typed: Typed) -> PaperBeside | None:
    """Differences with what was declared or begun for the same tenant, field by field; None without any."""
    loaded, version = typed.loaded, loading.standing_version(session, typed.loaded.row.id)
    kind = paper.conflict(loaded.state, version.channel if version else None)
    if kind is None or typed.state is not State.TYPING:
        return None
    said = snapshot.draft(version.snapshot) if version else loaded.row.draft
    return {
        "kind": kind.value,
        "version": version.version if version else None,
        "channel": version.channel if version else "web",
        "at": clock.iso(version.transmitted_at if version else loaded.row.updated_at),
        "received_on": version.received_on.isoformat() if version and version.received_on else None,
        "posted_on": version.posted_on.isoformat() if version and version.posted_on else None,
        "differences": comparison.differences(said, typed.row.draft),
        "replaceable": kind is Other.ONLINE_DRAFT or replaceable(loaded),
    }


def replaceable(loaded: LoadedDeclaration) -> bool:
    """Whether what was declared may be replaced: the Caf has not settled it."""
    editable = loaded.state in journey.EDITABLE
    return loaded.filing_open if editable else Trigger.AMEND in allowed(loaded.state, loaded.facts(reason="…"))
