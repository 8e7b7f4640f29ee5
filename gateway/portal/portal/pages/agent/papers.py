"""« Attestations sur papier »: found by two numbers, typed on one page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices
from webui.kept_forms import kept_form

from portal.api_types.declaration.paper import Paper, SearchPapersAnswerItem
from portal.clients import api
from portal.clients.errors import Refused
from portal.clients.http import Answer
from portal.pages.addresses import address
from portal.pages.agent.paper_forms import BEGINNING, BeginForm, SearchForm, Sheet
from portal.pages.declare import conflict
from portal.pages.declare.journey import heading
from portal.sign_in.person import login_required

pages = Blueprint("papers", __name__, url_prefix="/agent/papier")
NOT_FOUND = (
    "Aucune déclaration ne porte ces deux numéros dans votre Caf\u00a0: vérifiez-les sur l’attestation, ou la campagne"
    " n’est pas ouverte pour ce locataire"
)
SEVERAL = "Ce locataire a plusieurs déclarations chez ce bailleur\u00a0: choisissez celle de l’attestation"
REFUSALS = (400, 404, 409, 422)


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """The search, and the attestations being typed."""
    form = SearchForm()
    if request.method == "POST" and form.validate() and (answer := found(form)) is not None:
        return answer
    typing = api().papers.being_typed(request.args.get("cursor", ""))
    following = address("papers.index", cursor=typing["next_cursor"]) if typing["next_cursor"] else ""
    page = render_template("agent/papers.html", form=form, typing=typing, following=following)
    return page, 422 if form.errors else 200


def found(form: SearchForm) -> ResponseReturnValue | None:
    """Redirects to the sheet, or None with what to correct or choose on the form."""
    numbers = form.printed()
    try:
        items = api().papers.search(**numbers)
    except Refused as error:
        if error.status not in REFUSALS:
            raise
        form.fail_from(error.problem, {f"/{name}": name for name in numbers})
        return None
    if not items:
        form.fail(NOT_FOUND, "tenant_number")
        return None
    if len(items) == 1:
        return begun(form, items[0]["declaration_id"])
    form.declaration.choices = choices({item["declaration_id"]: words(item) for item in items})
    chosen = form.declaration.data
    if chosen not in {item["declaration_id"] for item in items}:
        form.fail(SEVERAL, "declaration")
        return None
    return begun(form, chosen)


def words(item: SearchPapersAnswerItem) -> str:
    """The label of one declaration to choose from."""
    dwelling = ", ".join(item["dwelling"]["address"])
    return f"Campagne {item['campaign']}, {dwelling} ({item['status_label'].lower()})"


def begun(form: BeginForm, declaration: str) -> ResponseReturnValue | None:
    """Redirects to the sheet, new or already begun; None when the service refuses a date or the numbers."""
    try:
        paper = api().papers.begin(declaration, {**form.printed(), **form.days()}, form.key.data or "")
    except Refused as error:
        if error.status not in (400, 409, 422):
            raise
        form.fail_from(error.problem, BEGINNING)
        return None
    return redirect(url_for("papers.sheet", paper=paper["id"]), 303)


@pages.route("/pour/<uuid:declaration>", methods=["GET", "POST"])
@login_required("agent")
def begin(declaration: Any) -> ResponseReturnValue:
    """From a declaration's page: the numbers on the paper prove that it belongs to that declaration."""
    form, body = BeginForm(), api().declaration.get(str(declaration)).body
    if request.method == "POST" and form.validate() and (answer := begun(form, str(declaration))) is not None:
        return answer
    return render_template("agent/paper_begin.html", form=form, **heading(body)), 422 if form.errors else 200


@pages.route("/<uuid:paper>", methods=["GET", "POST"])
@login_required("agent")
def sheet(paper: Any) -> ResponseReturnValue:
    """The whole attestation on one page; it can be saved any number of times."""
    read, sent = api().papers.get(str(paper)), request.method == "POST"
    given = sent or kept_form() is not None
    typed = Sheet(read.body, read.etag, sent=given)
    if read.body["state"] != "typing":
        if given:
            return both(read, typed), 409
        return redirect(url_for("declare.confirmation", declaration=read.body["declaration_id"]), 303)
    if sent and not conflict.revised(typed.own) and typed.validate():
        return save(typed, read)
    return show(read, typed), 422 if typed.errors else 200


def show(read: Answer[Paper], typed: Sheet) -> str:
    """The page of the sheet."""
    return render_template("agent/paper.html", form=typed, paper=read.body, **heading(read.body["declaration"]))


def save(typed: Sheet, read: Answer[Paper]) -> ResponseReturnValue:
    """Redirects to the decision; else the service's errors, or both sheets when another agent has saved since."""
    paper = read.body["id"]
    try:
        api().papers.save(paper, typed.change(), typed.own.etag.data or "")
    except Refused as error:
        if error.status not in (400, 409, 412, 422):
            raise
        if error.status == 412:
            return both(api().papers.get(paper), typed), 409
        typed.fail_from(error.problem)
        return show(read, typed), 422
    flash("La saisie est enregistrée.", "success")
    return redirect(url_for("papers.decision", paper=paper), 303)


def both(read: Answer[Paper], mine: Sheet) -> str:
    """Two agents typed the same envelope: both inputs side by side, and the choice."""
    paper = read.body
    conflict.recalled()
    return render_template(
        "agent/paper_conflict.html",
        rows=conflict.differing(mine.fields(), Sheet(paper, read.etag, sent=False).fields()),
        typed=conflict.typed_again(),
        etag=read.etag,
        paper=paper,
        author="vous-même, dans une autre page" if paper["saved_by"]["kind"] == "you" else "un autre agent",
        **heading(paper["declaration"]),
    )
