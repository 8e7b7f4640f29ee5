"""Correcting a transmitted declaration: a new version, with a reason."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.api_types.declaration.shared import Declaration
from portal.clients import api
from portal.clients.errors import Refused
from portal.pages.declare.blueprint import pages
from portal.pages.declare.forms import AmendmentForm
from portal.pages.declare.journey import heading, next_address
from portal.sign_in.person import login_required

REASON_WANTED = "Indiquez pourquoi vous rectifiez, par exemple\u00a0: erreur de saisie sur les charges"
REPLY_WANTED = "Écrivez votre réponse à la question de la Caf"
REPLY = "Votre réponse à la Caf"


def answer_of(body: Declaration) -> dict[str, object]:
    """The Caf's answer to the transmitted version, and whether it is a question."""
    answer = body["transmissions"][0]["answer"] if body["transmissions"] else None
    return {"answer": answer, "asked": body["status"] == "information_requested"}


@pages.route("/<uuid:declaration>/rectification", methods=["GET", "POST"])
@login_required("landlord")
def amendment(declaration: Any) -> ResponseReturnValue:
    """The correction starts from the transmitted version."""
    body = api().declaration.get(str(declaration)).body
    if "amend" not in body["actions"]:
        return redirect(next_address(body), 303)
    form, more = AmendmentForm(), {**heading(body), **answer_of(body)}
    if more["asked"]:
        form.reason.label.text = REPLY
    if request.method == "GET":
        return render_template("declare/amendment.html", form=form, **more)
    reason = (form.reason.data or "").strip()
    if not reason:
        form.fail(REPLY_WANTED if more["asked"] else REASON_WANTED, "reason")
    else:
        try:
            return redirect(next_address(api().declaration.amend(body["id"], reason, form.key.data or "")), 303)
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, {"/reason": "reason"})
    return render_template("declare/amendment.html", form=form, **more), 422
