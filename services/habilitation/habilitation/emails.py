"""Checks whether an e-mail belongs to another account, from the confirmed addresses that identity publishes."""

import unicodedata
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from chassis import clock, journal, runtime
from chassis.auth import Caller
from chassis.problems import FieldError, Invalid, TooManyRequests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from habilitation.models import Member

REFUSED = "user.email_refused"
# A refusal reveals that an account exists: the limit allows typing errors but not trying addresses one by one.
MOST_REFUSALS, WITHIN = 10, timedelta(hours=1)
TAKEN = "Cette adresse est déjà celle d’un autre compte, confirmée par son titulaire. Chaque utilisateur a la sienne."


class EmailTaken(Invalid, status=HTTPStatus.UNPROCESSABLE_ENTITY, code="invalid"):
    """Another account has confirmed the address."""

    def __init__(self) -> None:
        rule = "une adresse qu’aucun autre compte n’a confirmée"
        example = "n.legoff@lices.example"
        super().__init__([FieldError(pointer="/email", code="email_taken", detail=TAKEN, rule=rule, example=example)])


def check_free(session: Session, caller: Caller, email: str) -> None:
    """Raises EmailTaken; TooManyRequests, whatever the address, if the caller was refused too often."""
    if _refusals(session, caller) >= MOST_REFUSALS:
        raise TooManyRequests(int(WITHIN.total_seconds()))
    # Same normalisation as identity.
    same = unicodedata.normalize("NFC", email.strip()).lower()
    confirmed = Member.activated_at.is_not(None) & Member.withdrawn_at.is_(None)
    if session.scalar(select(Member.account_id).where(Member.email == same, confirmed).limit(1)) is not None:
        raise EmailTaken


def count_refusal(session: Session, caller: Caller, organisation_id: UUID) -> None:
    """Runs in its own transaction, since the refused one is rolled back. The address is not stored."""
    journal.record(session, actor=caller.sub, action=REFUSED, subject=organisation_id, perimeter=organisation_id)


def _refusals(session: Session, caller: Caller) -> int:
    lines = runtime.of(session).service.metadata.tables["journal"]
    mine = (lines.c.perimeter == str(caller.org)) & (lines.c.actor == str(caller.sub)) & (lines.c.action == REFUSED)
    recent = select(func.count()).select_from(lines).where(mine, lines.c.at > clock.now() - WITHIN)
    return session.scalar(recent) or 0
