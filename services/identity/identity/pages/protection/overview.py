"""« Protégez votre compte »: shown to people who must have a second factor and have none, and once to those who may
decline it."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.domain.protection import must_protect
from identity.factors.commands import advance_if_protected, decline
from identity.pages.forms import TokenForm
from identity.pages.guards import at_step
from identity.sessions.browser import SignedIn, page_of, runtime
from identity.sessions.protection import place_in_organisation

blueprint = Blueprint("protection", __name__, url_prefix="/compte/protection")


@blueprint.get("")
@at_step(Step.PROTECTION)
def protect(found: SignedIn) -> ResponseReturnValue:
    step = advance_if_protected(runtime(), found.session_id)
    if step is not Step.PROTECTION:
        return redirect(page_of(step), 303)
    with runtime().read_only() as database:
        required = must_protect(place_in_organisation(database, found.account))
    return render_template("compte/protection/protegez.html", account=found.account, required=required)


@blueprint.post("/sans")
@at_step(Step.PROTECTION)
def go_without(found: SignedIn) -> ResponseReturnValue:
    step = decline(runtime(), found.session_id) if TokenForm().validate_on_submit() else Step.PROTECTION
    return redirect(page_of(step), 303)
