"""Progress of an account through the steps of the first sign-in."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import cast
from uuid import UUID

from chassis import clock
from chassis import runtime as runtimes
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from identity.domain.consents import TEXTS, Text, consented_steps
from identity.domain.first_sign_in import Step, satisfied_steps
from identity.domain.protection import protection_due
from identity.factors.enrolled import colleagues, place, protected
from identity.models import Account, Consent
from identity.settings import settings_of

_OF_ACCOUNT = Consent.account_id == bindparam("account_id")
_HIGHEST = select(func.max(Consent.document_version)).where(_OF_ACCOUNT)
# A single statement, built once: it runs at each sign-in.
_PROGRESS = select(
    protected(bindparam("account_id")).label("has_factor"),
    colleagues(bindparam("account_id")).label("has_colleagues"),
    *(_HIGHEST.where(Consent.document == step.value).scalar_subquery().label(step.value) for step in TEXTS),
)
_ACCOUNTS = cast(Table, Account.__table__)
_COUNT_SIGN_IN = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account_id"), ~protected(_ACCOUNTS.c.id))
    .values(unprotected_sign_ins=_ACCOUNTS.c.unprotected_sign_ins + 1)
)
_OFFERED = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account_id"))
    .values(protection_offered_at=bindparam("offered_at"))
)


def consents(session: Session, account_id: UUID) -> Sequence[tuple[Text, datetime]]:
    """The texts accepted and when, latest first; older versions are included."""
    mine = select(Consent).where(Consent.account_id == account_id).order_by(Consent.accepted_at.desc(), Consent.id)
    known = {(step, text.version): text for step, texts in TEXTS.items() for text in texts}
    given = [(known.get((Step(one.document), one.document_version)), one.accepted_at) for one in session.scalars(mine)]
    return [(text, at) for text, at in given if text is not None]


def satisfied(session: Session, account: Account) -> Set[Step]:
    """The steps that this account can skip."""
    progress = session.execute(_PROGRESS, {"account_id": account.id}).mappings().one()
    return satisfied_steps(
        information_given=account.information_given_at is not None,
        consented=consented_steps({step: progress[step.value] or 0 for step in TEXTS}, clock.today()),
        has_factor=bool(progress["has_factor"]),
        # Required once: a person who skipped it confirms the address in « Mon compte ».
        email_due=account.activated_at is None and account.email is None and account.unconfirmed_email is not None,
        protection_due=protection_due(
            place(account, has_colleagues=bool(progress["has_colleagues"])),
            account.unprotected_sign_ins,
            settings_of(runtimes.of(session)).mfa_grace_sign_ins,
            offered_before=account.protection_offered_at is not None,
        ),
    )


def arrived(session: Session, account: Account, step: Step) -> None:
    """Records that a session reached this step: counts sign-ins without a second factor, of which some roles have few,
    and notes that « Protégez votre compte » was shown, since those who may decline see it once."""
    if step is Step.DONE:
        session.execute(_COUNT_SIGN_IN, {"account_id": account.id})
    elif step is Step.PROTECTION and account.protection_offered_at is None:
        session.execute(_OFFERED, {"account_id": account.id, "offered_at": clock.now()})
