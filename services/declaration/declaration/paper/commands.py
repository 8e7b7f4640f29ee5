"""Commands on an attestation: begin, save, file, discard. Each leaves a journal line."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import clock, ids, journal
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.http import etag
from chassis.problems import Conflict, FieldError, Invalid, PreconditionFailed
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration.domain import journey, paper
from declaration.domain.draft import Draft
from declaration.domain.paper import State, Trigger
from declaration.domain.rows import same
from declaration.domain.states import State as DeclarationState
from declaration.filing import commands, loading
from declaration.models import PaperReturn
from declaration.paper import queries
from declaration.paper.queries import Typed

WHY_DISCARDED = "Le bailleur a déclaré le même loyer en ligne"
WHY_REPLACED = "Le papier signé fait foi : le bailleur le confirme au téléphone"


def begin(
    session: Session,
    caller: Caller,
    declaration_id: UUID,
    received_on: str,
    posted_on: str | None,
    printed: Mapping[str, str],
) -> tuple[Typed, bool]:
    """The attestation, and whether it is new: one already being typed is returned, whoever began it.

    `printed`: the numbers on the paper that the caller gives. Raises NotFound outside the agent's Caf,
    Invalid for the days and for another's numbers, Conflict when there is nothing to declare.
    """
    loaded = loading.find(session, caller, declaration_id, change=True)
    known = {"user_number": loaded.landlord.user_number, "tenant_number": loaded.tenancy.tenant_number}
    if differ := [name for name, number in printed.items() if not same.words(number, known[name])]:
        raise Invalid([_not_theirs(name) for name in differ])
    if loaded.state is DeclarationState.NOT_CONCERNED:
        raise Conflict("Il n’y a rien à déclarer pour ce locataire cette année : cette attestation ne se saisit pas.")
    days = paper.arrival(received_on, posted_on, loaded.dates, loaded.phase, loaded.today)
    values = {
        "id": ids.new_id(),
        "declaration_id": loaded.row.id,
        "caf_code": loaded.campaign.caf_code,
        "state": State.TYPING.value,
        "received_on": days.received_on,
        "posted_on": days.posted_on,
        "draft": journey.dump(Draft()),
        "revision": 1,
        "typed_by": str(caller.sub),
        "begun_at": clock.now(),
    }
    new = bool(insert_new(session, PaperReturn, values))
    being_typed = select(PaperReturn).where(
        PaperReturn.declaration_id == loaded.row.id, PaperReturn.state == State.TYPING.value
    )
    row = session.execute(being_typed).scalar_one()
    typed = queries.typed(row, loaded)
    if new:
        _journal(session, typed, "paper.begun", after=_days(row))
    return typed, new


def _not_theirs(name: str) -> FieldError:
    detail = "Ce numéro n’est pas celui de la déclaration : l’attestation est celle d’un autre."
    rule = "le numéro imprimé sur l’attestation, celui de la déclaration"
    example = {"user_number": "35900007090001", "tenant_number": "1234567A"}[name]
    return FieldError(pointer=f"/{name}", code="other_tenant", detail=detail, rule=rule, example=example)


def save(session: Session, typed: Typed, change: Mapping[str, Any]) -> Typed:
    """Saves the steps, and the days in `change`. Raises Invalid with all errors; Conflict."""
    row, loaded = typed.row, typed.loaded
    paper.advance(typed.state, Trigger.SAVE)
    days = _days(row)
    steps = {name: value for name, value in change.items() if name not in days}
    errors: list[FieldError] = []
    try:
        if len(steps) < len(change):
            said = {name: change.get(name, day) for name, day in days.items()}
            arrival = paper.arrival(said["received_on"], said["posted_on"], loaded.dates, loaded.phase, loaded.today)
            row.received_on, row.posted_on = arrival.received_on, arrival.posted_on
    except Invalid as refused:
        errors += refused.errors
    try:
        typed.store(journey.save(typed.draft, steps, loaded.known, loaded.context))
    except Invalid as refused:
        errors += refused.errors
    if errors:
        raise Invalid(errors)
    row.revision += 1
    row.saved_by, row.saved_at = str(loaded.caller.sub), clock.now()
    _journal(session, typed, "paper.saved", after={"steps": sorted(change), "revision": row.revision})
    session.flush()
    return queries.typed(row, loaded)


def file(session: Session, typed: Typed, seen: str, reason: str | None) -> None:
    """Transmits the content of the paper, through the channel `paper`.

    `seen`: ETag of the declaration that the agent compared. Raises PreconditionFailed when the landlord acted since,
    Invalid with what is missing or when a version is replaced without a reason, Conflict once the Caf has settled.
    """
    row, loaded = typed.row, typed.loaded
    following = paper.advance(typed.state, Trigger.FILE)
    if seen != etag(loaded.row.revision):
        raise PreconditionFailed
    if missing := journey.missing(typed.draft, loaded.known, loaded.context):
        raise Invalid(missing, "L’attestation n’est pas complète.")
    why = paper.reason(reason, WHY_REPLACED) if loading.standing_version(session, loaded.row.id) else ""
    if loaded.state is DeclarationState.DRAFT:
        row.set_aside = loaded.row.draft
    commands.take_paper(session, loaded, row.draft, why)
    version = commands.transmit(session, loaded)
    row.version = version.version
    _end(session, typed, following, why)


def discard(session: Session, typed: Typed, reason: str | None) -> None:
    """Sets the paper aside, with a reason. Raises Invalid without one, Conflict once it is filed."""
    following = paper.advance(typed.state, Trigger.DISCARD)
    _end(session, typed, following, paper.reason(reason, WHY_DISCARDED))


def _end(session: Session, typed: Typed, following: State, why: str) -> None:
    row = typed.row
    row.state, row.reason, row.ended_at = following.value, why or None, clock.now()
    row.revision += 1
    after = {**_days(row), "version": row.version}
    _journal(session, typed, f"paper.{following.value}", after=after, reason=why or None)
    session.flush()


def _days(row: PaperReturn) -> dict[str, object]:
    return {
        "received_on": row.received_on.isoformat(),
        "posted_on": row.posted_on.isoformat() if row.posted_on else None,
    }


def _journal(
    session: Session, typed: Typed, action: str, *, after: dict[str, object], reason: str | None = None
) -> None:
    # Which steps, never their content: the journal outlives the data.
    journal.record(
        session,
        actor=typed.loaded.caller.sub,
        action=action,
        subject=typed.row.id,
        perimeter=typed.row.caf_code,
        after={"declaration_id": str(typed.row.declaration_id), **after},
        reason=reason,
    )
