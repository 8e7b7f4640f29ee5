"""Handlers of the events that habilitation consumes."""

from typing import Any, cast
from uuid import UUID

from chassis import account_status, clock, journal, landlords
from chassis.db import changed, insert_new, keep_newer
from chassis.ids import new_id
from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from habilitation import domain, natural_persons, publishes, users
from habilitation.consumed_types import (
    AccountActivated,
    AccountChanged,
    AccountClosed,
    AccountRestored,
    AccountSuspended,
    LandlordRegistered,
    LandlordRegisteredData,
    PortfolioChanged,
)
from habilitation.domain import Scope
from habilitation.models import AdministratorTerm, Group, GroupScope, Member, Organisation, OrganisationCaf, UserNumber

_NOBODY = {"last_name": "", "first_name": "", "email": "", "access_version": 0, "person_version": 0}
# Built once: they run for each landlord of a registry.
_NUMBERS = cast(Table, UserNumber.__table__).c
_ORGANISATIONS = cast(Table, Organisation.__table__)
# Compares times, not versions: versions of two landlords of one organisation are not comparable.
_NAME = update(_ORGANISATIONS).where(
    _ORGANISATIONS.c.id == bindparam("organisation"),
    or_(
        _ORGANISATIONS.c.naming_caf.is_(None),
        and_(_ORGANISATIONS.c.naming_caf == bindparam("caf"), _ORGANISATIONS.c.named_at < bindparam("at")),
    ),
)
_NEWER_PORTFOLIO = (
    update(_ORGANISATIONS)
    .where(_ORGANISATIONS.c.id == bindparam("organisation"), _ORGANISATIONS.c.portfolio_version < bindparam("to"))
    .values(portfolio_version=bindparam("to"))
)
_PLACE = select(_NUMBERS.organisation_id, _NUMBERS.caf_code).where(_NUMBERS.number == bindparam("number"))


def landlord_registered(session: Session, event: LandlordRegistered) -> None:
    """Creates the organisation or links one more Caf to it. A SIRET seen again is the same organisation and keeps the
    name given by the first Caf."""
    organisation_id, caf_code = UUID(event.data["organisation_id"]), event.data["caf_code"]
    _ensure_organisation(session, organisation_id)
    if not _tie_user_number(session, event.data):
        return
    insert_new(session, OrganisationCaf, {"organisation_id": organisation_id, "caf_code": caf_code})
    told = {"name": event.personal["name"], "kind": event.data["kind"], "named_at": event.time, "naming_caf": caf_code}
    session.execute(_NAME, {"organisation": organisation_id, "caf": caf_code, "at": event.time, **told})
    natural_persons.set_right(session, organisation_id)


def portfolio_changed(session: Session, event: PortfolioChanged) -> None:
    """Creates the missing groups: one per (housing type, département)."""
    organisation_id, version = UUID(event.data["organisation_id"]), event.data["version"]
    _ensure_organisation(session, organisation_id)
    if not changed(session.execute(_NEWER_PORTFOLIO, {"organisation": organisation_id, "to": version})):
        return
    wanted = {Scope(scope["housing_type"], scope["departement"]) for scope in event.data["scopes"]}
    missing = wanted - _automatic_scopes(session, organisation_id)
    taken = set(session.scalars(select(Group.label_key).where(Group.organisation_id == organisation_id)))
    for scope in sorted(missing):
        group = _automatic_group(session, organisation_id, domain.automatic_label(scope), taken)
        session.add(GroupScope(group_id=group.id, housing_type=scope.housing_type, zone=scope.zone))
    session.flush()
    if missing:
        _publish_administrator_access(session, organisation_id)


def _automatic_group(session: Session, organisation_id: UUID, label: str, taken: set[str]) -> Group:
    """Takes the next free label if the administrator has given the usual one to another group."""
    label = domain.free_label(label, taken)
    key = domain.label_key(label)
    taken.add(key)
    group = Group(organisation_id=organisation_id, label=label, label_key=key, automatic=True)
    session.add(group)
    session.flush()
    return group


def account_activated(session: Session, event: AccountActivated) -> None:
    """The first person of an organisation to complete the first sign-in becomes its administrator."""
    if event.data["kind"] != "landlord":
        return
    account_id, organisation_id = UUID(event.data["account_id"]), UUID(event.data["organisation_id"])
    _ensure_organisation(session, organisation_id)
    _keep_person(session, account_id, organisation_id, event)
    activated_at = clock.parse(event.data["activated_at"])
    session.execute(update(Member).where(Member.account_id == account_id).values(activated_at=activated_at))
    member = session.get_one(Member, account_id, populate_existing=True)
    if member.withdrawn_at is None and _become_administrator(session, organisation_id, account_id):
        journal.record(
            session,
            actor=account_id,
            action="administrator.designated",
            subject=account_id,
            perimeter=organisation_id,
            reason="première personne connectée",
        )
    publishes.access_changed(session, account_id)


def account_changed(session: Session, event: AccountChanged) -> None:
    """Updates the person's details. It grants no right, so it may arrive before the activation."""
    if event.data["kind"] == "landlord":
        organisation_id = UUID(event.data["organisation_id"])
        _ensure_organisation(session, organisation_id)
        _keep_person(session, UUID(event.data["account_id"]), organisation_id, event)


def account_closed(session: Session, event: AccountClosed) -> None:
    """Removes all rights of an account closed by the Caf. Does nothing more for a user already withdrawn here."""
    account_status.shut(session, event)
    if event.data["kind"] == "landlord":
        account_id, organisation_id = UUID(event.data["account_id"]), UUID(event.data["organisation_id"])
        _ensure_organisation(session, organisation_id)
        # The account may be unknown here: store it as withdrawn, so that a late activation grants nothing.
        row = {"account_id": account_id, "organisation_id": organisation_id, **_NOBODY}
        insert_new(session, Member, row)
        users.close(session, account_id, clock.parse(event.data["closed_at"]))


def account_suspended(session: Session, event: AccountSuspended) -> None:
    """The person loses all access in every service, even while their token is still valid."""
    _keep_status(session, event, active=False)


def account_restored(session: Session, event: AccountRestored) -> None:
    _keep_status(session, event, active=True)


def _tie_user_number(session: Session, data: LandlordRegisteredData) -> bool:
    """False if the number belongs to another Caf or organisation: only an agent can move it."""
    place = {"organisation_id": UUID(data["organisation_id"]), "caf_code": data["caf_code"]}
    row = {"number": data["user_number"], **place, "version": data["version"], "moves": data.get("moves", 0)}
    known = {"number": data["user_number"]}
    before = session.execute(_PLACE, known).mappings().one_or_none()
    if not keep_newer(session, UserNumber, row, newer=landlords.may_change):
        return dict(session.execute(_PLACE, known).mappings().one()) == place
    if before is not None and before != place:
        _unlink_caf(session, before["organisation_id"], before["caf_code"], data["caf_code"])
    return True


def _unlink_caf(session: Session, organisation_id: UUID, caf_code: str, following: str) -> None:
    """A Caf that no longer has a user number of the organisation can no longer see or name it."""
    here = (UserNumber.organisation_id == organisation_id, UserNumber.caf_code == caf_code)
    if session.execute(select(UserNumber.number).where(*here).limit(1)).first():
        return
    at = (OrganisationCaf.organisation_id == organisation_id, OrganisationCaf.caf_code == caf_code)
    session.execute(delete(OrganisationCaf).where(*at))
    named = (Organisation.id == organisation_id, Organisation.naming_caf == caf_code)
    session.execute(update(Organisation).where(*named).values(naming_caf=following))


def _keep_status(session: Session, event: AccountSuspended | AccountRestored, *, active: bool) -> None:
    if not account_status.keep(session, event, active=active):
        return
    account_id = UUID(event.data["account_id"])
    # A person who has never signed in has no rights to publish; neither has an agent.
    if session.get(Member, account_id) is not None:
        publishes.access_changed(session, account_id)


def _keep_person(
    session: Session, account_id: UUID, organisation_id: UUID, event: AccountActivated | AccountChanged
) -> None:
    """Stores names and e-mail from identity; an older version never overwrites a newer one."""
    known = ("civility", "last_name", "first_name", "email", "function")
    person = {name: value for name, value in event.personal.items() if name in known}
    if person.get("email") is None:
        # No confirmed address yet: keep the one the administrator typed.
        person.pop("email", None)
    given = {**person, "person_version": event.data["version"]}
    # Of a person unknown until now.
    first = {"email": "", "organisation_id": organisation_id, "access_version": 0}
    row = {**first, "account_id": account_id, **given}
    keep_newer(session, Member, row, newer=_newer_person, first=tuple(name for name in first if name not in given))


def _newer_person(known: Any, given: Any) -> ColumnElement[bool]:
    return and_(known.person_version < given.person_version)


def _become_administrator(session: Session, organisation_id: UUID, account_id: UUID) -> bool:
    """True for the organisation's first administrator: an agent decides on later ones. The index settles races."""
    if session.execute(
        select(AdministratorTerm.id).where(AdministratorTerm.organisation_id == organisation_id).limit(1)
    ).first():
        return False
    values = {"organisation_id": organisation_id, "account_id": account_id, "since": clock.now()}
    return insert_new(session, AdministratorTerm, {"id": new_id(), **values}) == 1


def _publish_administrator_access(session: Session, organisation_id: UUID) -> None:
    current = select(AdministratorTerm.account_id).where(
        AdministratorTerm.organisation_id == organisation_id, AdministratorTerm.until.is_(None)
    )
    for account_id in session.execute(current).scalars():
        publishes.access_changed(session, account_id)


def _automatic_scopes(session: Session, organisation_id: UUID) -> set[Scope]:
    statement = (
        select(GroupScope.housing_type, GroupScope.zone)
        .join(Group, Group.id == GroupScope.group_id)
        .where(Group.organisation_id == organisation_id, Group.automatic)
    )
    return {Scope(*row) for row in session.execute(statement)}


def _ensure_organisation(session: Session, organisation_id: UUID) -> None:
    """Events of different subjects arrive in any order: the first one creates the row, the others complete it."""
    values = {"id": organisation_id, "name": "", "kind": "", "portfolio_version": 0}
    insert_new(session, Organisation, values)
