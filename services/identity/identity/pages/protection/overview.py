"""« Protégez votre compte »: the step of those whose role asks for a second factor and who have none yet."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.factors.enrolment import go_on_if_protected
from identity.pages.current import SignedIn, place_of, runtime
from identity.pages.guards import at_step

blueprint = Blueprint("protection", __name__, url_prefix="/compte/protection")


@blueprint.get("")
@at_step(Step.PROTECTION)
def protect(found: SignedIn) -> ResponseReturnValue:
    step = go_on_if_protected(runtime(), found.session_id)
    if step is not Step.PROTECTION:
        return redirect(place_of(step), 303)
    return render_template("compte/protection/protegez.html", account=found.account)
