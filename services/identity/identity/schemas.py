"""Request validation beyond the contract, and JSON form of resources."""

from typing import Any

from chassis import clock
from chassis.problems import FieldError, Invalid

from identity.domain.identifiers import (
    email_error,
    normalise_telephone,
    normalise_user_number,
    telephone_error,
    typed_email,
    user_number_error,
)
from identity.models import Account, SignInSession

_SHOWN = (
    "login",
    "kind",
    "caf_code",
    "supervisor",
    "civility",
    "last_name",
    "first_name",
    "function",
    "email",
    "telephone",
)


def user_number_of(body: dict[str, Any]) -> str:
    """Raises Invalid."""
    number = normalise_user_number(body["user_number"])
    if number is None:
        raise Invalid([user_number_error()])
    return number


def email_of(body: dict[str, Any]) -> str:
    """Raises Invalid."""
    email = typed_email(body["email"])
    if email is None:
        raise Invalid([email_error(body["email"])])
    return email


def personal_of(body: dict[str, Any]) -> dict[str, str | None]:
    """The corrections, normalised; an empty function or telephone becomes None. Raises Invalid."""
    given: dict[str, str | None] = {name: (value or "").strip() or None for name, value in body.items()}
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


def account_to_json(account: Account) -> dict[str, Any]:
    return {
        "account_id": str(account.id),
        "organisation_id": str(account.organisation_id) if account.organisation_id else None,
        "activated_at": clock.iso(account.activated_at) if account.activated_at else None,
        # Our messages bounce: the person should give another address.
        "email_refused": account.email is not None and account.email == account.bounced_email,
        **{name: getattr(account, name) for name in _SHOWN},
    }


def session_to_json(opened: SignInSession, current: str) -> dict[str, Any]:
    return {
        "id": str(opened.id),
        "browser": opened.browser,
        "started_at": clock.iso(opened.started_at),
        "seen_at": clock.iso(opened.seen_at),
        "current": str(opened.id) == current,
    }
