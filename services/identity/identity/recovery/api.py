"""Handlers of recoveries: parse, call, format."""

from chassis.http import transaction
from chassis.problems import Invalid
from flask import request

from identity.api_types import RecoverIdentifierBody, RecoverPasswordBody
from identity.domain.credentials import Purpose
from identity.domain.identifiers import email_error, normalise_user_number, typed_email, user_number_error
from identity.journal.client_address import client_address
from identity.recovery import commands

_ACCEPTED = {"detail": "Si ces informations sont connues, un message part à l’adresse que la Caf connaît."}


def recover_identifier(body: RecoverIdentifierBody) -> tuple[dict[str, str], int]:
    return _recover(Purpose.IDENTIFIER_RECOVERY, user_number_of(body))


def recover_password(body: RecoverPasswordBody) -> tuple[dict[str, str], int]:
    return _recover(Purpose.PASSWORD_RECOVERY, email_of(body))


def _recover(purpose: Purpose, subject: str) -> tuple[dict[str, str], int]:
    with transaction() as session:
        commands.request_recovery(session, purpose, subject, client_address(request))
    return _ACCEPTED, 202


def user_number_of(body: RecoverIdentifierBody) -> str:
    """Raises Invalid."""
    number = normalise_user_number(body["user_number"])
    if number is None:
        raise Invalid([user_number_error()])
    return number


def email_of(body: RecoverPasswordBody) -> str:
    """Raises Invalid."""
    email = typed_email(body["email"])
    if email is None:
        raise Invalid([email_error(body["email"])])
    return email
