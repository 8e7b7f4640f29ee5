"""The Caf's registry: upload a file, follow its import, read its line-by-line report."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from portal.api_types.declaration.registry import ListImportErrorsAnswer
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.sign_in.person import login_required

pages = Blueprint("registry", __name__, url_prefix="/agent/registre")
UNDER_WAY = frozenset({"received", "running"})
NO_FILE = "Choisissez le fichier du registre, par exemple registre-359.csv"


class RegistryForm(IdempotentForm):
    """A form of its own: the only one here sent as multipart."""

    file = FileField("Fichier du registre")


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@login_required("agent", takes_file=True)
def index() -> ResponseReturnValue:
    """The files, and the upload form."""
    form = RegistryForm()
    if request.method == "POST" and (answer := send(form)) is not None:
        return answer
    found = api().declaration.list_imports(request.args.get("cursor", ""))
    return render_template("agent/registry.html", form=form, found=found), 422 if form.errors else 200


def send(form: RegistryForm) -> ResponseReturnValue | None:
    """Redirects to the import's page, or None with the reason on the form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.fail(NO_FILE, "file")
        return None
    try:
        made = api().declaration.send_registry(upload.filename, upload.stream)
    except Refused as error:
        if error.status not in (400, 409, 413, 415, 422):
            raise
        form.fail_from(error.problem, {"/file": "file"})
        return None
    return redirect(url_for("registry.report", registry_import=made["id"]), 303)


@pages.get("/<uuid:registry_import>")
@login_required("agent")
def report(registry_import: Any) -> ResponseReturnValue:
    """Progress during the import (a refresh link, or htmx by itself), then the rejected lines."""
    identifier = str(registry_import)
    state = api().declaration.get_import(identifier)
    errors: ListImportErrorsAnswer = {"items": [], "total": 0, "next_cursor": None}
    if state["lines_bad"]:
        errors = api().declaration.list_import_errors(identifier, request.args.get("cursor", ""))
    return render_template(
        "agent/import.html", state=state, errors=errors, running=state["status"] in UNDER_WAY, address=request.path
    )
