"""« Importer un fichier »: download the template, upload it filled in, read its line-by-line report, apply it."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from portal.clients import api
from portal.clients.documents import Content
from portal.clients.errors import Refused
from portal.forms import BlankForm, IdempotentForm
from portal.pages.addresses import address
from portal.pages.declare.blueprint import pages
from portal.pages.declare.grid import narrowed
from portal.sign_in.person import login_required

UNDER_WAY = frozenset({"received", "checking", "applying"})
NO_FILE = "Choisissez le fichier rempli, par exemple loyers-juillet.xlsx"
KINDS = ("xlsx", "csv")
REFUSALS = (400, 409, 413, 415, 422)


class UploadForm(IdempotentForm):
    """The only form of these pages that is sent as multipart."""

    file = FileField("Fichier rempli")


@pages.route("/fichier", methods=["GET", "POST"])
@login_required("landlord", takes_file=True)
def files() -> ResponseReturnValue:
    """The template, the upload form, and the files uploaded so far."""
    form, chosen = UploadForm(), narrowed()
    if request.method == "POST" and (answer := send(form)) is not None:
        return answer
    found = api().declaration.list_filled(request.args.get("cursor", ""))
    page = render_template("declare/files.html", form=form, found=found, chosen=chosen)
    return page, 422 if form.errors else 200


def send(form: UploadForm) -> ResponseReturnValue | None:
    """Redirects to the file's page, or None with the reason on the form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.fail(NO_FILE, "file")
        return None
    try:
        made = api().declaration.send_filled(upload.filename, upload.stream)
    except Refused as error:
        if error.status not in REFUSALS:
            raise
        form.fail_from(error.problem, {"/file": "file"})
        return None
    return redirect(url_for("declare.filled", filled=made["id"]), 303)


def download(content: Content, name: str) -> Response:
    """Streams a file of personal data; it is stored nowhere on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content.data, content_type=content.media_type, headers=headers)


@pages.get("/fichier/modele.<kind>")
@login_required("landlord")
def template(kind: str) -> ResponseReturnValue:
    """The file to fill in, for the tenants that match the list's filters."""
    chosen = narrowed()
    kind = kind if kind in KINDS else "xlsx"
    return download(api().declaration.template(kind, **chosen), f"loyers-juillet.{kind}")


@pages.get("/fichier/<uuid:filled>")
@login_required("landlord")
def filled(filled: Any) -> ResponseReturnValue:
    """Progress while it is read or applied (a refresh link, or htmx by itself), then the report."""
    identifier = str(filled)
    state = api().declaration.get_filled(identifier)
    report = api().declaration.list_filled_errors(identifier, request.args.get("cursor", ""))
    following = address("declare.filled", filled=identifier, cursor=report["next_cursor"])
    return render_template(
        "declare/file.html",
        state=state,
        report=report,
        form=BlankForm(),
        running=state["status"] in UNDER_WAY,
        here=url_for("declare.filled", filled=identifier),
        following=following if report["next_cursor"] else "",
    )


@pages.get("/fichier/<uuid:filled>/a-corriger")
@login_required("landlord")
def correction(filled: Any) -> ResponseReturnValue:
    """The lines to correct, each with its errors."""
    content = api().declaration.correction(str(filled))
    kind = "csv" if content.media_type.startswith("text/csv") else "xlsx"
    return download(content, f"loyers-a-corriger.{kind}")


@pages.post("/fichier/<uuid:filled>/application")
@login_required("landlord")
def application(filled: Any) -> ResponseReturnValue:
    """« Appliquer les lignes valides »."""
    form = BlankForm()
    if form.validate():
        api().declaration.apply_filled(str(filled))
    return redirect(url_for("declare.filled", filled=filled), 303)
