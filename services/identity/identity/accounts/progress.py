"""How far an account has come in what the first sign-in asks."""

from collections.abc import Set

from chassis import clock
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.domain.consents import consented_steps
from identity.domain.first_sign_in import Step, satisfied_steps
from identity.models import Account, Consent


def satisfied(session: Session, account: Account) -> Set[Step]:
    """The steps this account need not do (again)."""
    highest = (
        select(Consent.document, func.max(Consent.document_version))
        .where(Consent.account_id == account.id)
        .group_by(Consent.document)
    )
    accepted = {Step(document): version for document, version in session.execute(highest)}
    information_given = account.information_given_at is not None
    return satisfied_steps(information_given=information_given, consented=consented_steps(accepted, clock.today()))
