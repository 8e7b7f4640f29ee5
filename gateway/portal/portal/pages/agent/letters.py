"""Print batches for the print provider."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm, whole_number
from portal.sign_in.person import login_required

pages = Blueprint("letters", __name__, url_prefix="/agent/courriers")
NUMBER = "Saisissez un nombre entier, par exemple 120"


class ReceiptForm(IdempotentForm):
    """The printer's totals."""

    letters = StringField("Nombre de courriers", [InputRequired(NUMBER), whole_number(NUMBER)])
    pages = StringField("Nombre de pages", [InputRequired(NUMBER), whole_number(NUMBER)])


@pages.get("", strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """The batches, newest first."""
    found = api().notification.list_batches(request.args.get("cursor", ""))
    return render_template("agent/letters.html", found=found)


@pages.get("/<uuid:batch>.zip")
@login_required("agent")
def content(batch: Any) -> ResponseReturnValue:
    """The ZIP; the service refuses batches that contain passwords."""
    found = api().notification.batch_content(str(batch))
    headers = {"Content-Disposition": f'attachment; filename="lot-{batch}.zip"', "Cache-Control": "no-store"}
    return Response(found.data, content_type=found.media_type, headers=headers)


@pages.route("/<uuid:batch>/reception", methods=["GET", "POST"])
@login_required("agent")
def acknowledge(batch: Any) -> ResponseReturnValue:
    """The printer's totals must match the batch; its files are then erased."""
    form = ReceiptForm()
    if request.method == "POST" and form.validate():
        letters, sheets = int(form.letters.data), int(form.pages.data)
        try:
            api().notification.acknowledge(str(batch), letters, sheets, form.key.data or "")
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, {"/letters": "letters", "/pages": "pages"})
        else:
            flash("Le reçu de l’imprimeur est enregistré.", "success")
            return redirect(url_for("letters.index"), 303)
    return render_template("agent/receipt.html", form=form), 422 if form.errors else 200
