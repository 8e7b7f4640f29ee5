"""Agents' queries on landlords: both addresses, which one is used, and why a letter cannot be printed."""

from typing import Any
from uuid import UUID

from chassis import pagination
from chassis.auth import Caller
from chassis.french.postal import PROBLEM_LABELS, PostalAddress
from chassis.problems import NotFound
from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from notification.domain.channels import USED_LABELS, used_of
from notification.domain.states import State
from notification.message_requests import bounced
from notification.models import AdministratorTerm, Contact, Landlord, Message
from notification.queries import own_caf

_CONFIRMED = (
    select(Contact.email)
    .join(AdministratorTerm, AdministratorTerm.account_id == Contact.account_id)
    .where(AdministratorTerm.organisation_id == Landlord.organisation_id, AdministratorTerm.active, Contact.email != "")
    .order_by(AdministratorTerm.version.desc(), AdministratorTerm.account_id)
    .limit(1)
    .scalar_subquery()
)
_WAITING = (
    select(func.count())
    .where(
        Message.state == State.ADDRESS_REFUSED,
        or_(Message.user_number == Landlord.user_number, Message.landlord_id == Landlord.id),
    )
    .scalar_subquery()
)


def landlord(session: Session, caller: Caller, landlord_id: UUID) -> dict[str, object]:
    """Raises NotFound for an unknown id, and outside the caller's Caf."""
    found = session.execute(_seen(caller).where(Landlord.id == landlord_id)).one_or_none()
    if found is None:
        raise NotFound
    return _shown(session, found)


def to_correct(session: Session, caller: Caller, *, limit: int, cursor: str | None) -> dict[str, object]:
    """Landlords to whom no letter can be printed: the Caf has to correct the address in its registry."""
    seen = (own_caf(caller, Landlord.caf_code), Landlord.address_problem.is_not(None))
    total = session.scalar(select(func.count()).select_from(Landlord).where(*seen))
    after = pagination.after_id(cursor)
    wanted = _seen(caller).where(Landlord.address_problem.is_not(None))
    if after:
        wanted = wanted.where(Landlord.id > after)
    rows = session.execute(wanted.order_by(Landlord.id).limit(limit + 1)).all()
    shown, following = pagination.page(rows, limit, lambda row: (row.Landlord.id,))
    return {"items": [_shown(session, row) for row in shown], "total": total, "next_cursor": following}


def _seen(caller: Caller) -> Select[Any]:
    columns = (Landlord, _CONFIRMED.label("confirmed_email"), _WAITING.label("waiting_letters"))
    return select(*columns).where(own_caf(caller, Landlord.caf_code))


def _shown(session: Session, row: Row[Any]) -> dict[str, object]:
    known: Landlord = row.Landlord
    address = PostalAddress.parse(known.name, known.address)
    emails = [email for email in (row.confirmed_email, known.email) if email]
    refused = bounced(session, emails)
    used = used_of(row.confirmed_email, known.email, bounced=refused)
    return {
        "id": str(known.id),
        "caf_code": known.caf_code,
        "user_number": known.user_number,
        "name": known.name,
        "confirmed_email": row.confirmed_email,
        "registry_email": known.email,
        "bounced": sorted(refused),
        "used": used.value,
        "used_label": USED_LABELS[used],
        "address": known.address,
        "envelope": list(address.lines) if address.valid else [],
        "country": address.country,
        "address_problems": [{"code": one.value, "detail": PROBLEM_LABELS[one]} for one in address.problems],
        "waiting_letters": row.waiting_letters,
    }
