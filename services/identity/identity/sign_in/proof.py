"""An open session is not enough for what would take the account over: the password is asked again."""

from math import ceil

from chassis.problems import FieldError, Invalid, TooManyRequests
from chassis.runtime import Runtime

from identity import hashing, throttling
from identity.domain.passwords import normalise
from identity.domain.throttle import PER_LOGIN
from identity.models import Account
from identity.throttling import Counter


def prove(runtime: Runtime, account: Account, typed: str) -> None:
    """Raises Invalid when it is not the account's password, or TooManyRequests: a session is no way to guess it."""
    counter = Counter(PER_LOGIN, "password change", account.login)
    with runtime.transaction() as session:
        wait = throttling.take(session, (counter,))
    if wait:
        raise TooManyRequests(ceil(wait.total_seconds()))
    if not hashing.verify(account.password_hash, normalise(typed)):
        raise wrong_password()
    with runtime.transaction() as session:
        throttling.forget(session, counter)


def wrong_password() -> Invalid:
    detail = "Ce n’est pas votre mot de passe actuel."
    return Invalid([FieldError(pointer="/current", code="wrong", detail=detail)])
