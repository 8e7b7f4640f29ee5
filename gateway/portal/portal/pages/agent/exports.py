"""Export batches of transmitted declarations for the Caf: create, download, acknowledge."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired

from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm, whole_number
from portal.sign_in.person import current_user, login_required

pages = Blueprint("exports", __name__, url_prefix="/agent/exports")
NUMBER = "Saisissez le nombre de lignes lues, par exemple 1250"
HASH = "Recopiez l’empreinte du manifeste, 64 caractères"


class ExportForm(IdempotentForm):
    """A button; a supervisor also chooses the Caf."""

    caf_code = StringField("Code de la Caf")


class ReceiptForm(IdempotentForm):
    """The totals counted by the Caf."""

    lines = StringField("Nombre de lignes lues", [InputRequired(NUMBER), whole_number(NUMBER)])
    manifest_sha256 = StringField("Empreinte du manifeste (SHA-256)", [InputRequired(HASH)])


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """The batches, newest first, and the button that creates one."""
    form = ExportForm()
    if request.method == "POST" and form.validate() and (answer := make(form)) is not None:
        return answer
    found = api().exchange.list_exports(request.args.get("cursor", ""))
    supervisor = current_user().supervisor
    page = render_template("agent/exports.html", found=found, form=form, supervisor=supervisor)
    return page, 422 if form.errors else 200


def make(form: ExportForm) -> ResponseReturnValue | None:
    """Redirects to the batch's page, or None with the reason on the form."""
    try:
        made = api().exchange.make_export((form.caf_code.data or "").strip(), form.key.data or "")
    except Refused as error:
        if error.status not in (400, 404, 409, 422):
            raise
        form.fail_from(error.problem, {"/caf_code": "caf_code"})
        return None
    return redirect(url_for("exports.one", export=made["id"]), 303)


@pages.get("/<uuid:export>")
@login_required("agent")
def one(export: Any) -> ResponseReturnValue:
    """A batch: progress while it is written, then its totals."""
    found = api().exchange.get_export(str(export))
    return render_template("agent/export.html", export=found, running=found["status"] == "planned")


@pages.get("/<uuid:export>.zip")
@login_required("agent")
def content(export: Any) -> ResponseReturnValue:
    """The ZIP."""
    found = api().exchange.export_content(str(export))
    headers = {"Content-Disposition": f'attachment; filename="export-{export}.zip"', "Cache-Control": "no-store"}
    return Response(found.data, content_type=found.media_type, headers=headers)


@pages.route("/<uuid:export>/reception", methods=["GET", "POST"])
@login_required("agent")
def acknowledge(export: Any) -> ResponseReturnValue:
    """The Caf's totals must match the manifest."""
    form = ReceiptForm()
    if request.method == "POST" and form.validate():
        lines, digest = int(form.lines.data), form.manifest_sha256.data.strip().lower()
        try:
            api().exchange.acknowledge_export(str(export), lines, digest, form.key.data or "")
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, {"/lines": "lines", "/manifest_sha256": "manifest_sha256"})
        else:
            flash("Le reçu de la Caf est enregistré.", "success")
            return redirect(url_for("exports.one", export=export), 303)
    page = render_template("agent/export_receipt.html", form=form, export=str(export))
    return page, 422 if form.errors else 200
