"""Requests to remove second factors: a second agent must approve."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused
from portal.pages.addresses import address
from portal.pages.agent.accounts import ReasonForm
from portal.sign_in.person import login_required

pages = Blueprint("factor_resets", __name__, url_prefix="/agent/verifications")
# Path -> (name in the service, title, message shown afterwards).
DECISIONS = {
    "accord": ("approval", "Accepter le retrait", "La seconde vérification est retirée."),
    "refus": ("refusal", "Refuser le retrait", "La demande est refusée, rien ne change pour le compte."),
}


@pages.get("", strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """The pending requests, oldest first."""
    found = api().identity.factor_resets(request.args.get("cursor", ""))
    following = found.get("next_cursor")
    next_page = address("factor_resets.index", cursor=following) if following else ""
    return render_template("agent/factor_resets.html", found=found, following=next_page)


@pages.route("/<uuid:account>/<uuid:reset>/<decision>", methods=["GET", "POST"])
@login_required("agent")
def decide(account: Any, reset: Any, decision: str) -> ResponseReturnValue:
    """Asks for a reason and a confirmation, then decides."""
    path, title, done = DECISIONS.get(decision) or abort(404)
    form, concerned = ReasonForm(), api().identity.account(str(account))
    if request.method == "POST" and form.validate():
        reason, key = form.reason.data or "", form.key.data or ""
        try:
            api().identity.decide_factor_reset(str(account), str(reset), path, reason, key)
        except Refused as error:
            if error.status not in (400, 403, 409, 422):
                raise
            form.fail_from(error.problem, {"/reason": "reason"})
        else:
            flash(done, "success")
            return redirect(url_for("factor_resets.index"), 303)
    shown = {"account": concerned, "title": title, "form": form}
    return render_template("agent/factor_reset_decision.html", **shown), 422 if form.errors else 200
