"""Changes that no file makes: an agent changes a landlord's company or makes it a person, a supervisor changes its Caf.
First a preview of all that moves, then the change, with a reason kept in the journal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis import ids, journal
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.problems import Conflict, FieldError, Forbidden, Invalid, NotFound
from chassis.texts import full_name
from sqlalchemy import ColumnElement, exists, func, select, true, update
from sqlalchemy.orm import Session

from declaration.api_types.registry import (
    ChangeCafBody,
    ChangeCompanyBody,
    MakePersonBody,
    RegisteredLandlord,
    RegisteredLandlordHolds,
)
from declaration.domain import reports
from declaration.domain.registry.columns import COLUMNS, LEGAL_PERSON, NATURAL_PERSON, Column, never
from declaration.domain.states import State
from declaration.models import (
    DeclarationVersion,
    Dwelling,
    Landlord,
    Organisation,
    RentDeclaration,
    Tenancy,
    TenantReport,
)
from declaration.registry import portfolio

EMPTY = "Cette valeur est obligatoire."
CHANGED = "Ce bailleur a changé depuis que vous l’avez lu. Relisez-le, puis recommencez."


def find(session: Session, caller: Caller, landlord_id: UUID, *, change: bool = False) -> Landlord:
    """In the agent's Caf; any Caf for a supervisor. Raises NotFound."""
    statement = select(Landlord).where(Landlord.id == landlord_id, _visible(caller))
    found = session.execute(statement.with_for_update() if change else statement).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _visible(caller: Caller) -> ColumnElement[bool]:
    return true() if caller.supervisor else Landlord.caf_code == (caller.caf or "")


def shown(session: Session, landlord: Landlord) -> RegisteredLandlord:
    """The landlord, with the counts of what moves along."""
    return {
        "id": str(landlord.id),
        "caf_code": landlord.caf_code,
        "user_number": landlord.user_number,
        "kind": landlord.kind,
        "siret": landlord.siret,
        "name": landlord.name,
        "version": landlord.version,
        "holds": _holds(session, landlord),
    }


def _holds(session: Session, landlord: Landlord) -> RegisteredLandlordHolds:
    """Counts of dwellings, leases, drafts and transmitted declarations, of all campaigns."""
    mine = Dwelling.landlord_id == landlord.id
    leases = select(Tenancy.id).join(Dwelling, Dwelling.id == Tenancy.dwelling_id).where(mine)
    declared = RentDeclaration.tenancy_id.in_(leases)
    sent = exists().where(DeclarationVersion.declaration_id == RentDeclaration.id)
    declarations = select(func.count(RentDeclaration.id)).where(declared)
    drafts = declarations.where(RentDeclaration.state == State.DRAFT.value)
    return {
        "dwellings": session.execute(select(func.count(Dwelling.id)).where(mine)).scalar_one(),
        "tenancies": session.execute(select(func.count()).select_from(leases.subquery())).scalar_one(),
        "drafts": session.execute(drafts).scalar_one(),
        "transmitted": session.execute(declarations.where(sent)).scalar_one(),
    }


def change_company(session: Session, caller: Caller, landlord_id: UUID, asked: ChangeCompanyBody) -> Landlord:
    """Dwellings, drafts and declarations follow the landlord to the organisation of that SIRET, whoever else is in it.

    Raises NotFound, Invalid, Conflict."""
    read = _read({"siret": asked["siret"], "landlord_name": asked["name"]})
    landlord = _held(session, caller, landlord_id, asked["version"])
    if (landlord.kind, landlord.siret) == (LEGAL_PERSON, read["siret"]):
        raise Conflict("Ce bailleur est déjà enregistré sous ce SIRET.")
    nobody = {"civility": None, "last_name": None, "first_name": None}
    company = {"kind": LEGAL_PERSON, "siret": read["siret"], "name": read["landlord_name"], **nobody}
    return _join(session, caller, landlord, company, "landlord.company_changed", asked["reason"])


def make_person(session: Session, caller: Caller, landlord_id: UUID, asked: MakePersonBody) -> Landlord:
    """Makes the landlord a natural person: an organisation of its own, which no company sees into.

    Raises NotFound, Invalid, Conflict."""
    names = {"civility": asked["civility"], "last_name": asked["last_name"], "first_name": asked.get("first_name")}
    read = _read({name: text or "" for name, text in names.items()})
    landlord = _held(session, caller, landlord_id, asked["version"])
    if landlord.kind == NATURAL_PERSON:
        raise Conflict("Ce bailleur est déjà une personne physique.")
    name = full_name(read["civility"], read["first_name"], read["last_name"])
    person = {"kind": NATURAL_PERSON, "siret": None, "name": name, **read}
    return _join(session, caller, landlord, person, "landlord.person_made", asked["reason"])


def _join(
    session: Session, caller: Caller, landlord: Landlord, known: dict[str, str | None], action: str, reason: str
) -> Landlord:
    """Writes the landlord's new identity, and moves all that it has to the organisation of that company or person."""
    names = ("kind", "siret", "organisation_id")
    before = {name: _text(getattr(landlord, name)) for name in names}
    left, joined = landlord.organisation_id, ids.organisation_id(siret=known["siret"], user_number=landlord.user_number)
    for name, value in {**known, "organisation_id": joined}.items():
        setattr(landlord, name, value)
    after = {name: _text(getattr(landlord, name)) for name in names}
    _moved(session, caller, landlord, action, before, after, reason)
    session.execute(update(TenantReport).where(TenantReport.landlord_id == landlord.id).values(organisation_id=joined))
    insert_new(session, Organisation, {"id": joined, "portfolio_version": 1, "told_version": 0})
    portfolio.refresh(session, select(Organisation.id).where(Organisation.id.in_([left, joined])))
    return landlord


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def change_caf(session: Session, caller: Caller, landlord_id: UUID, asked: ChangeCafBody) -> Landlord:
    """Past requests and declarations stay with the Caf that asked; reports awaiting an answer follow the landlord.

    Raises Forbidden, NotFound, Conflict."""
    if not caller.supervisor:
        raise Forbidden("Seul un superviseur change la Caf d’un bailleur.")
    landlord = _held(session, caller, landlord_id, asked["version"])
    if landlord.caf_code == asked["caf_code"]:
        raise Conflict("Ce bailleur est déjà celui de cette Caf.")
    before, after = {"caf_code": landlord.caf_code}, {"caf_code": asked["caf_code"]}
    landlord.caf_code = asked["caf_code"]
    _moved(session, caller, landlord, "landlord.caf_changed", before, after, asked["reason"])
    waiting = TenantReport.state.in_([state.value for state in reports.OPEN])
    mine = update(TenantReport).where(TenantReport.landlord_id == landlord.id, waiting)
    session.execute(mine.values(caf_code=landlord.caf_code))
    return landlord


def _held(session: Session, caller: Caller, landlord_id: UUID, version: int) -> Landlord:
    landlord = find(session, caller, landlord_id, change=True)
    if landlord.version != version:
        raise Conflict(CHANGED)
    return landlord


def _moved(
    session: Session,
    caller: Caller,
    landlord: Landlord,
    action: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    reason: str,
) -> None:
    """A job informs the other services: they accept another Caf or organisation of a known number by `moves` only."""
    landlord.version += 1
    landlord.moves += 1
    session.flush()
    perimeter = before.get("caf_code") or landlord.caf_code
    more = {"user_number": landlord.user_number, **_holds(session, landlord)}
    journal.record(
        session,
        actor=caller.sub,
        action=action,
        subject=landlord.id,
        perimeter=perimeter,
        before=dict(before),
        after={**after, **more},
        reason=reason,
    )


def _read(given: dict[str, str]) -> dict[str, str | None]:
    """Each value read as its file column; None for an empty optional one. Raises Invalid with all errors."""
    found: dict[str, str | None] = {}
    errors = []
    for name, text in given.items():
        column = COLUMNS[name]
        try:
            found[name] = _cell(text.strip(), column)
        except ValueError as error:
            pointer = {"landlord_name": "/name"}.get(name, f"/{name}")
            wrong = FieldError(pointer=pointer, code=name, detail=str(error), rule=column.rule, example=column.example)
            errors.append(wrong)
    if errors:
        raise Invalid(errors)
    return found


def _cell(text: str, column: Column) -> Any:
    if text:
        return column.read(text)
    if column.mandatory is not never:
        raise ValueError(EMPTY)
    return None
