"""« Attestations sur papier »: found by two numbers, typed on one page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices

from portal.clients import api
from portal.clients.errors import Refused
from portal.pages.addresses import address
from portal.pages.agent.paper_forms import BeginForm, SearchForm, Sheet
from portal.pages.declare.forms import iso
from portal.pages.declare.journey import heading
from portal.sign_in.person import wanted

pages = Blueprint("papers", __name__, url_prefix="/agent/papier")
NOT_FOUND = (
    "Aucune déclaration ne porte ces deux numéros dans votre Caf\u00a0: vérifiez-les sur l’attestation, ou la campagne"
    " n’est pas ouverte pour ce locataire"
)
SEVERAL = "Ce locataire a plusieurs déclarations chez ce bailleur\u00a0: choisissez celle de l’attestation"
CHANGED = (
    "Un autre agent a enregistré cette attestation pendant votre saisie. Ouvrez-la dans un autre onglet pour"
    " comparer\u00a0; «\u00a0Enregistrer\u00a0» garde votre saisie à la place de la sienne."
)
REFUSALS = (400, 404, 409, 422)


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
@wanted("agent")
def index() -> ResponseReturnValue:
    """The search, and what is being typed."""
    form = SearchForm()
    if request.method == "POST" and form.validate() and (answer := found(form)) is not None:
        return answer
    typing = api().papers.being_typed(request.args.get("cursor", ""))
    following = address("papers.index", cursor=typing["next_cursor"]) if typing["next_cursor"] else ""
    page = render_template("agent/papers.html", form=form, typing=typing, following=following)
    return page, 422 if form.errors else 200


def found(form: SearchForm) -> ResponseReturnValue | None:
    """To the sheet, or None with what to correct or to choose on the form."""
    numbers = {name: (form[name].data or "").strip() for name in ("user_number", "tenant_number")}
    for name, typed in numbers.items():
        if not typed:
            form.fail(f"Saisissez le {form[name].label.text}", name)
    if form.errors:
        return None
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
    form.declaration.choices = choices({item["declaration_id"]: words(item) for item in items})
    chosen = items[0]["declaration_id"] if len(items) == 1 else form.declaration.data
    if chosen not in {item["declaration_id"] for item in items}:
        form.fail(SEVERAL, "declaration")
        return None
    return begun(form, chosen)


def words(item: dict[str, Any]) -> str:
    """One of the declarations to choose from."""
    dwelling = ", ".join(item["dwelling"]["address"])
    return f"Campagne {item['campaign']}, {dwelling} ({item['status_label'].lower()})"


def begun(form: Any, declaration: str) -> ResponseReturnValue | None:
    """To the sheet, new or begun already; None when the service refuses the day."""
    try:
        paper = api().papers.begin(declaration, iso(form.received_on) or "", form.key.data or "")
    except Refused as error:
        if error.status not in (400, 409, 422):
            raise
        form.fail_from(error.problem, {"/received_on": "received_on"})
        return None
    return redirect(url_for("papers.sheet", paper=paper["id"]), 303)


@pages.route("/pour/<uuid:declaration>", methods=["GET", "POST"])
@wanted("agent")
def begin(declaration: Any) -> ResponseReturnValue:
    """From the page of a declaration: only the day is missing."""
    form, body = BeginForm(), api().declaration.get(str(declaration)).body
    if request.method == "POST" and form.validate() and (answer := begun(form, str(declaration))) is not None:
        return answer
    return render_template("agent/paper_begin.html", form=form, **heading(body)), 422 if form.errors else 200


@pages.route("/<uuid:paper>", methods=["GET", "POST"])
@wanted("agent")
def sheet(paper: Any) -> ResponseReturnValue:
    """The whole attestation on one page, saved as often as one likes."""
    read = api().papers.get(str(paper))
    if read.body["state"] != "typing":
        return redirect(url_for("declare.confirmation", declaration=read.body["declaration_id"]), 303)
    typed = Sheet(read.body, read.etag, sent=request.method == "POST")
    if request.method == "POST" and typed.validate() and save(typed, str(paper)):
        return redirect(url_for("papers.decision", paper=paper), 303)
    if typed.errors and not typed.own.etag.data:
        # The page now shows a warning; sending it again is a choice.
        typed.own.etag.data = read.etag
    page = render_template("agent/paper.html", form=typed, paper=read.body, **heading(read.body["declaration"]))
    return page, 422 if typed.errors else 200


def save(typed: Sheet, paper: str) -> bool:
    """False when the service refuses; its words are then on the fields."""
    try:
        api().papers.save(paper, typed.change(), typed.own.etag.data or "")
    except Refused as error:
        if error.status == 412:
            typed.own.fail(CHANGED)
            typed.own.etag.data = ""
        elif error.status in (400, 422):
            typed.fail_from(error.problem)
        elif error.status == 409:
            typed.own.fail(error.detail)
        else:
            raise
        return False
    flash("La saisie est enregistrée.", "success")
    return True
