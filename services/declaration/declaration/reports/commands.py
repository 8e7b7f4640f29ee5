"""Commands on a report: send, take, answer. Each records a state transition."""

from datetime import date
from typing import TypedDict
from uuid import UUID

from chassis import clock, ids, rights
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.problems import FieldError, Invalid, NotFound
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.api_types.reports import NewTenantReport
from declaration.domain import communes
from declaration.domain import reports as rules
from declaration.domain.reports import Kind, State, Trigger
from declaration.filing import loading
from declaration.models import Base, Landlord, ReportTransition, TenantReport
from declaration.reports.queries import visible


class _Whose(TypedDict):
    landlord_id: UUID
    organisation_id: UUID
    caf_code: str


class About(_Whose):
    """The columns that say whom a report is about; `same`: what makes two reports the same one."""

    tenant_last_name: str
    tenant_first_name: str
    address: list[str]
    commune_insee: str
    housing_type: str
    departement: str
    declaration_id: UUID | None
    happened_on: date | None
    same: tuple[str, ...]


def send(session: Session, caller: Caller, given: NewTenantReport) -> tuple[TenantReport, bool]:
    """The report, and whether it is new: an unsettled report of the same thing is returned instead.

    Raises Invalid, and NotFound outside the caller's perimeter.
    """
    kind = Kind(given["kind"])
    about = _missing(session, caller, given) if kind is Kind.MISSING_TENANT else _gone(session, caller, given)
    now = clock.now()
    same, columns = about["same"], {name: value for name, value in about.items() if name != "same"}
    values: dict[str, object] = {
        "id": ids.new_id(),
        "number": ids.random_reference(f"S{clock.today().year % 100:02d}"),
        "kind": kind.value,
        "state": State.RECEIVED.value,
        "comment": (given.get("comment") or "").strip(),
        "reported_at": now,
        **columns,
    }
    # Another type, commune or organisation is another perimeter: whoever may send a report may read the existing one.
    scope = (str(about["organisation_id"]), about["housing_type"], about["commune_insee"])
    values["likeness"] = rules.likeness(kind, *scope, *same)
    new = bool(insert_new(session, TenantReport, values))
    waiting = TenantReport.state.in_([state.value for state in rules.OPEN])
    known = select(TenantReport).where(TenantReport.likeness == values["likeness"], waiting, visible(caller))
    report = session.execute(known).scalar_one_or_none()
    if report is None:
        raise NotFound
    if new:
        _record_transition(session, caller, report, None)
    return report, new


def _missing(session: Session, caller: Caller, given: NewTenantReport) -> About:
    tenant = rules.missing_tenant(given.get("tenant") or {})
    housing_type, insee = given["housing_type"], tenant["commune_insee"]
    departement = communes.departement(insee)
    held = rights.held_by(
        caller.sub,
        Base.metadata,
        organisation_id=Landlord.organisation_id.expression,
        housing_type=literal(housing_type),
        zones=(literal(departement), literal(insee)),
    )
    number = "".join((given.get("user_number") or "").split())
    mine = select(Landlord).where(Landlord.organisation_id == caller.org, held, Landlord.user_number == number)
    landlord = session.execute(mine).scalar_one_or_none()
    if landlord is None:
        detail = "Ce N° d’utilisateur n’est pas l’un des vôtres, ou vos droits ne couvrent pas ce logement."
        rule = "le N° imprimé sur le courrier de juillet de la Caf qui verse l’aide"
        error = FieldError(
            pointer="/user_number", code="user_number", detail=detail, rule=rule, example="359 00007090001"
        )
        raise Invalid([error])
    names = (tenant["tenant_last_name"], tenant["tenant_first_name"])
    return {
        **_of(landlord),
        "tenant_last_name": tenant["tenant_last_name"],
        "tenant_first_name": tenant["tenant_first_name"],
        "address": list(tenant["address"]),
        "commune_insee": insee,
        "housing_type": housing_type,
        "departement": departement,
        "declaration_id": None,
        "happened_on": None,
        "same": (str(landlord.id), *names, *tenant["address"]),
    }


def _gone(session: Session, caller: Caller, given: NewTenantReport) -> About:
    found = loading.find(session, caller, UUID(given["declaration_id"]))
    day = given.get("happened_on")
    happened_on = date.fromisoformat(day) if day else None
    if happened_on is None or happened_on > clock.today():
        detail = "Indiquez depuis quel jour ce locataire n’est plus le vôtre ; ce jour est déjà passé."
        error = FieldError(pointer="/happened_on", code="date", detail=detail, rule="une date", example="2026-06-30")
        raise Invalid([error])
    return {
        **_of(found.landlord),
        "tenant_last_name": found.tenancy.tenant_last_name,
        "tenant_first_name": found.tenancy.tenant_first_name,
        "address": found.dwelling.address,
        "commune_insee": found.dwelling.commune_insee,
        "housing_type": found.dwelling.housing_type,
        "departement": found.dwelling.departement,
        "declaration_id": found.row.id,
        "happened_on": happened_on,
        "same": (str(found.tenancy.id),),
    }


def _of(landlord: Landlord) -> _Whose:
    return {
        "landlord_id": landlord.id,
        "organisation_id": landlord.organisation_id,
        "caf_code": landlord.caf_code,
    }


def act(session: Session, caller: Caller, report: TenantReport, chosen: Trigger, answer: str = "") -> None:
    """Applies an agent's action. Raises Conflict, Invalid; NotFound for anyone else."""
    if caller.kind != "agent":
        raise NotFound
    before = report.state
    report.state = rules.advance(State(before), chosen, answer).value
    if chosen is not Trigger.TAKE:
        report.answer = answer.strip() or None
        publishes.report_answered(session, report, session.get_one(Landlord, report.landlord_id))
    _record_transition(session, caller, report, before)
    session.flush()


def _record_transition(session: Session, caller: Caller, report: TenantReport, before: str | None) -> None:
    transition = ReportTransition(
        report_id=report.id, from_state=before, to_state=report.state, at=clock.now(), actor=str(caller.sub)
    )
    session.add(transition)
