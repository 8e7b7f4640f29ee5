"""Abandoning an open correction: the transmitted version still counts."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.pages.declare.blueprint import pages
from portal.pages.declare.journey import heading, next_address
from portal.sign_in.person import login_required


class AbandonmentForm(IdempotentForm):
    """`etag` is the correction as it was shown: one edited since is not abandoned."""

    etag = HiddenField()


@pages.route("/<uuid:declaration>/abandon", methods=["GET", "POST"])
@login_required("landlord")
def abandonment(declaration: Any) -> ResponseReturnValue:
    """Asks for confirmation first."""
    read = api().declaration.get(str(declaration))
    if "abandon" not in read.body["actions"]:
        return redirect(next_address(read.body), 303)
    form = AbandonmentForm()
    if request.method == "POST" and form.validate():
        try:
            api().declaration.abandon(read.body["id"], form.etag.data or read.etag, form.key.data or "")
        except Refused as error:
            if error.status not in (409, 412):
                raise
            form.fail_from(error.problem, {})
        else:
            flash("La rectification est abandonnée\u00a0: la version transmise continue de compter.", "success")
            return redirect(url_for("declare.confirmation", declaration=declaration), 303)
    form.etag.data = read.etag
    page = render_template("declare/abandonment.html", form=form, **heading(read.body))
    return page, 422 if form.errors else 200
