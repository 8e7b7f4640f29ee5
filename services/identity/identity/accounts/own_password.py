"""Checks a chosen password against the rule and the person's own data, which a guesser would try first."""

from chassis.problems import Invalid
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import password_checks
from identity.domain.passwords import context_words, refusal
from identity.factors.enrolled import asked_strength
from identity.models import Account, UserNumber


def check_own_password(session: Session, account: Account, password: str) -> None:
    """Raises Invalid with the broken rule; `password` is normalised."""
    broken = refusal(password, _context(session, account), password_checks.LOCAL, asked_strength(session, account.id))
    if broken is not None:
        raise Invalid([broken])


def _context(session: Session, account: Account) -> tuple[str, ...]:
    numbers = select(UserNumber.number, UserNumber.name).where(UserNumber.organisation_id == account.organisation_id)
    known = [text for row in session.execute(numbers) for text in row]
    town = account.contact_address[-1:] if account.contact_address else []
    local_part = (account.email or account.unconfirmed_email or "").partition("@")[0]
    named = (account.login, account.last_name, account.first_name, account.contact_name, local_part)
    return context_words(*named, *known, *town)
