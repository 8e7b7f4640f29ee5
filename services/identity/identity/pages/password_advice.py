"""Checks a password against the rule while it is typed; the password is neither stored nor logged."""

from math import ceil

from chassis.problems import Invalid, TooManyRequests
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from identity.accounts.passwords import check_own_password
from identity.domain.first_sign_in import Step
from identity.domain.passwords import normalise
from identity.domain.throttle import PER_ADVISED, Counter
from identity.pages.forms import LONGEST_FIELD
from identity.pages.guards import at_step
from identity.sessions.browser import SignedIn, runtime
from identity.throttling import attempts

blueprint = Blueprint("password_advice", __name__, url_prefix="/compte/mot-de-passe")
_ACCEPTED = "Ce mot de passe convient."


@blueprint.post("/avis")
@at_step(Step.PASSWORD, Step.DONE)
def advise(found: SignedIn) -> ResponseReturnValue:
    """Returns `{"accepted": …, "message": …}` by the same rule as the form; 429 prevents trying a whole list."""
    with runtime().transaction() as database:
        wait = attempts.take(database, (Counter(PER_ADVISED, "password advice", str(found.account.id)),))
    if wait:
        raise TooManyRequests(ceil(wait.total_seconds()))
    message = _broken_rule(found, request.form.get("password", "")[:LONGEST_FIELD])
    return jsonify(accepted=not message, message=message or _ACCEPTED), 200, {"Cache-Control": "no-store"}


def _broken_rule(found: SignedIn, typed: str) -> str:
    try:
        with runtime().read_only() as database:
            check_own_password(database, found.account, normalise(typed))
    except Invalid as refused:
        return refused.errors[0].detail
    return ""
