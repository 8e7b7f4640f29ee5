"""The Caf's answers: upload a file, follow its import, read its line-by-line report."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField, StringField

from portal.api_types.declaration.exchange import AnswerErrors
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.pages.agent.registry import UNDER_WAY
from portal.sign_in.person import current_user, login_required

pages = Blueprint("answers", __name__, url_prefix="/agent/reponses")
NO_FILE = "Choisissez le fichier des réponses, par exemple reponses-359.csv"


class AnswersForm(IdempotentForm):
    """The file; a supervisor also chooses the Caf."""

    file = FileField("Fichier des réponses")
    caf_code = StringField("Code de la Caf")


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@login_required("agent", takes_file=True)
def index() -> ResponseReturnValue:
    """The files, and the upload form."""
    form = AnswersForm()
    if request.method == "POST" and (answer := send(form)) is not None:
        return answer
    found = api().exchange.list_answers(request.args.get("cursor", ""))
    supervisor = current_user().supervisor
    page = render_template("agent/answers.html", form=form, found=found, supervisor=supervisor)
    return page, 422 if form.errors else 200


def send(form: AnswersForm) -> ResponseReturnValue | None:
    """Redirects to the import's page, or None with the reason on the form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.fail(NO_FILE, "file")
        return None
    try:
        made = api().exchange.send_answers(upload.filename, upload.stream, (form.caf_code.data or "").strip())
    except Refused as error:
        if error.status not in (400, 404, 409, 413, 415, 422):
            raise
        form.fail_from(error.problem, {"/file": "file", "/caf_code": "caf_code"})
        return None
    return redirect(url_for("answers.report", answers=made["id"]), 303)


@pages.get("/<uuid:answers>")
@login_required("agent")
def report(answers: Any) -> ResponseReturnValue:
    """Progress during the import (a refresh link, or htmx by itself), then the rejected lines."""
    identifier = str(answers)
    state = api().exchange.get_answers(identifier)
    errors: AnswerErrors = {"items": [], "total": 0, "next_cursor": None}
    if state["lines_bad"]:
        errors = api().exchange.list_answer_errors(identifier, request.args.get("cursor", ""))
    return render_template(
        "agent/answer_import.html",
        state=state,
        errors=errors,
        running=state["status"] in UNDER_WAY,
        address=request.path,
    )
