"""Handlers of one's own account: parse, call, format."""

from typing import Any

from chassis import clock
from chassis.http import caller, runtime, transaction
from chassis.problems import FieldError, Invalid
from sqlalchemy import Row

from identity import api_types
from identity.accounts import commands, queries
from identity.api_types import PersonalChanges
from identity.domain.identifiers import normalise_telephone, telephone_error
from identity.models import Account


def get_me() -> api_types.Account:
    return account_to_json(queries.shown(runtime(), caller().sub))


def correct_me(body: PersonalChanges) -> api_types.Account:
    given = personal_of(body)
    with transaction() as session:
        commands.correct_by_program(session, caller(), given)
        return account_to_json(session.get_one(Account, caller().sub))


def personal_of(body: PersonalChanges) -> dict[str, str | None]:
    """The corrections, normalised; an empty function or telephone becomes None. Raises Invalid."""
    given: dict[str, str | None] = {name: str(value or "").strip() or None for name, value in body.items()}
    if "first_name" in given:
        # Some people have only one name.
        given["first_name"] = given["first_name"] or ""
    errors = []
    if "last_name" in given and given["last_name"] is None:
        detail = "Un nom est nécessaire."
        errors.append(FieldError(pointer="/last_name", code="empty", detail=detail, example="Le Goff"))
    typed = given.get("telephone")
    if typed is not None:
        given["telephone"] = normalise_telephone(typed)
        if given["telephone"] is None:
            errors.append(telephone_error())
    if errors:
        raise Invalid(errors)
    return given


def account_to_json(account: Account | Row[*tuple[Any, ...]]) -> api_types.Account:
    return {
        "account_id": str(account.id),
        "organisation_id": str(account.organisation_id) if account.organisation_id else None,
        "activated_at": clock.iso(account.activated_at) if account.activated_at else None,
        # Our messages bounce: the person should give another address.
        "email_refused": account.email is not None and account.email == account.bounced_email,
        "login": account.login,
        "kind": account.kind,
        "caf_code": account.caf_code,
        "supervisor": account.supervisor,
        "civility": account.civility,
        "last_name": account.last_name,
        "first_name": account.first_name,
        "function": account.function,
        "email": account.email,
        "telephone": account.telephone,
    }
