"""Account search by exact criterion, account details and journal for agents; never returns a secret."""

from dataclasses import dataclass
from uuid import UUID

from chassis import clock, pagination
from chassis.auth import Caller
from chassis.db import any_row
from chassis.problems import FieldError, Invalid, NotFound
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from identity.accounts.queries import is_suspended, own_status
from identity.api_types import (
    FoundAccount,
    ListAccountActivityAnswer,
    SearchAccountsAnswer,
    SearchAccountsBody,
    SupervisedAccount,
    SupervisedAccountProvisionalPassword,
    SupervisedActivity,
)
from identity.domain.credentials import normalise_login
from identity.domain.identifiers import normalise_email, normalise_user_number
from identity.domain.security_events import label
from identity.domain.supervision import STATUSES, Status, sole_access
from identity.models import Account, Credential, SecurityEvent, SupervisionAct, UserNumber
from identity.sessions.protection import has_factor
from identity.sessions.queries import open_sessions
from identity.sessions.suspension import suspended
from identity.supervision.perimeter import supervised

ONE_CRITERION = "Donnez un seul critère, et écrivez-le en entier."


@dataclass(frozen=True)
class Criterion:
    """One of user_number, login, email, name; `typed` must match entirely, so that nobody can browse accounts."""

    name: str
    typed: str


def criterion_of(body: SearchAccountsBody) -> Criterion:
    """Raises Invalid unless exactly one is given."""
    given = [(name, str(typed)) for name, typed in body.items() if name in _CONDITIONS and typed]
    if len(given) != 1:
        raise Invalid([FieldError(pointer="", code="one_criterion", detail=ONE_CRITERION, example='{"login": "…"}')])
    return Criterion(*given[0])


def search_accounts(
    session: Session, caller: Caller, criterion: Criterion, cursor: str | None, limit: int
) -> SearchAccountsAnswer:
    # The criterion comes in the body: an e-mail must not appear in a URL.
    within = (criterion.name, criterion.typed)
    after = pagination.after(cursor, UUID, within=within, pointer="/cursor")
    rows = (
        select(Account, suspended().label("suspended"))
        .where(supervised(caller.sub), _CONDITIONS[criterion.name](criterion.typed))
        .order_by(Account.id)
        .limit(limit + 1)
    )
    if after is not None:
        rows = rows.where(Account.id > after[0])
    shown, following = pagination.page(session.execute(rows).all(), limit, lambda row: (row.Account.id,), within)
    return {"items": [_line(row.Account, row.suspended) for row in shown], "next_cursor": following}


def account_detail(session: Session, caller: Caller, account_id: UUID) -> SupervisedAccount:
    """Raises NotFound outside the perimeter."""
    account = visible_account(session, caller, account_id)
    alone = own_status(session, account)
    together = is_suspended(session, account)
    numbers = select(UserNumber.number, UserNumber.caf_code, UserNumber.landlord_id).where(
        UserNumber.organisation_id == account.organisation_id
    )
    return {
        **_line(account, together),
        "suspended_with_organisation": together and alone is Status.ACTIVE,
        "email": account.email or account.contact_email,
        "telephone": account.telephone,
        "user_numbers": [
            {"number": number, "caf_code": caf, "landlord_id": str(landlord_id)}
            for number, caf, landlord_id in session.execute(numbers.limit(200))
        ],
        "created_at": clock.iso(account.created_at),
        "activated_at": None if account.activated_at is None else clock.iso(account.activated_at),
        "last_sign_in_at": _last_sign_in(session, account.id),
        "own_password": account.password_hash is not None,
        "password_change_required": account.password_change_required_at is not None,
        "provisional_password": _provisional(session, account.id),
        "closable": account.closed_at is None and not sole_access(principal=account.principal, role=account.role),
        "second_factor": has_factor(session, account.id),
        "open_sessions": len(open_sessions(session, account.id)),
    }


def visible_account(session: Session, caller: Caller, account_id: UUID) -> Account:
    """Raises NotFound outside the perimeter."""
    found = session.scalar(select(Account).where(Account.id == account_id, supervised(caller.sub)))
    if found is None:
        raise NotFound
    return found


def _line(account: Account, together: bool) -> FoundAccount:
    status = Status.CLOSED if account.closed_at else Status.SUSPENDED if together else Status.ACTIVE
    return {
        "account_id": str(account.id),
        "organisation_id": None if account.organisation_id is None else str(account.organisation_id),
        "kind": account.kind,
        "login": account.login,
        "name": account.name,
        "caf_code": account.caf_code,
        "standing": status.value,
        "standing_label": STATUSES[status],
    }


def _last_sign_in(session: Session, account_id: UUID) -> str | None:
    entered = SecurityEvent.kind.like("sign_in.%accepted")
    last = session.scalar(select(func.max(SecurityEvent.at)).where(SecurityEvent.account_id == account_id, entered))
    return None if last is None else clock.iso(last)


def _provisional(session: Session, account_id: UUID) -> SupervisedAccountProvisionalPassword | None:
    """The last one sent: channel, expiry and use; never the password."""
    alive = (Credential.account_id == account_id, Credential.replaced_at.is_(None))
    last = session.scalar(select(Credential).where(*alive).order_by(Credential.issued_at.desc()).limit(1))
    if last is None:
        return None
    return {
        "channel": last.channel,
        "issued_at": clock.iso(last.issued_at),
        "expires_at": clock.iso(last.expires_at),
        "used_at": None if last.used_at is None else clock.iso(last.used_at),
    }


def account_activity(
    session: Session, caller: Caller, account_id: UUID, cursor: str | None, limit: int
) -> ListAccountActivityAnswer:
    """Returns {items, next_cursor}. Raises NotFound outside the perimeter, BadRequest for a cursor we did not issue."""
    account, before = visible_account(session, caller, account_id), pagination.after_number(cursor)
    mine = select(SecurityEvent).where(SecurityEvent.account_id == account.id).order_by(SecurityEvent.seq.desc())
    if before is not None:
        mine = mine.where(SecurityEvent.seq < before)
    lines = session.scalars(mine.limit(limit + 1)).all()
    shown, following = pagination.page(lines, limit, lambda line: (line.seq,))
    reasons = _reasons(session, account, [line.details["act"] for line in shown if "act" in line.details])
    items: list[SupervisedActivity] = [
        {
            "id": line.seq,
            "at": clock.iso(line.at),
            "kind": line.kind,
            "label": label(line.kind),
            "actor": line.actor,
            "own": line.actor == str(account.id),
            "network": line.network,
            "browser": line.browser,
            "reason": reasons.get(line.details.get("act", "")),
        }
        for line in shown
    ]
    return {"items": items, "next_cursor": following}


def _reasons(session: Session, account: Account, act_ids: list[str]) -> dict[str, str]:
    of_organisation = SupervisionAct.organisation_id == account.organisation_id
    mine = or_(SupervisionAct.account_id == account.id, of_organisation)
    named = select(SupervisionAct).where(SupervisionAct.id.in_([UUID(one) for one in act_ids]), mine)
    return {str(act.id): act.reason for act in session.scalars(named)}


def _by_user_number(typed: str) -> ColumnElement[bool]:
    number = normalise_user_number(typed) or typed
    return any_row(UserNumber, UserNumber.number == number, UserNumber.organisation_id == Account.organisation_id)


def _by_login(typed: str) -> ColumnElement[bool]:
    return Account.login == normalise_login(typed)


def _by_email(typed: str) -> ColumnElement[bool]:
    email = normalise_email(typed) or typed
    return or_(Account.email == email, Account.contact_email == email)


def _by_name(typed: str) -> ColumnElement[bool]:
    """The person's last name, first and last name, or the landlord's name in the registry; case-insensitive."""
    asked = func.lower(" ".join(typed.split()))
    same_landlord = UserNumber.organisation_id == Account.organisation_id
    registered = any_row(UserNumber, func.lower(UserNumber.name) == asked, same_landlord)
    names = (Account.last_name, Account.first_name + " " + Account.last_name, Account.contact_name)
    return or_(registered, *(func.lower(name) == asked for name in names))


_CONDITIONS = {"user_number": _by_user_number, "login": _by_login, "email": _by_email, "name": _by_name}
