"""Decision on a typed attestation: file it, replacing what was declared if need be, or discard it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.kept_forms import kept_form
from wtforms import Field, HiddenField, TextAreaField

from portal.api_types.declaration.paper import Paper
from portal.clients import api
from portal.clients.errors import Refused
from portal.clients.http import Answer
from portal.pages.agent.paper_forms import DiscardForm
from portal.pages.agent.papers import pages
from portal.pages.declare.journey import heading
from portal.pages.declare.summary import (
    SummaryForm,
    all_ticked,
    form_for,
    step_rows,
)
from portal.sign_in.person import login_required

SEEN_CHANGED = (
    "Le bailleur ou un autre agent a agi depuis l’affichage de cette page. Elle montre maintenant ce qui est"
    " déclaré\u00a0: comparez de nouveau avant de décider."
)
FILED = "L’attestation est enregistrée\u00a0: le récapitulatif part au bailleur par son canal habituel."
DECIDED = "Un autre agent a déjà décidé de cette attestation\u00a0: rien n’a été fait de plus."
DISCARD = "discard-"
DISCARDED = "L’attestation est écartée\u00a0: le bailleur en lit le motif dans l’historique de sa déclaration."


def filing_form(paper: Paper) -> type[SummaryForm]:
    """The points to confirm, and a reason when a transmitted version is replaced. `seen`: ETag of that declaration."""
    members: dict[str, Field] = {"seen": HiddenField()}
    if replaces(paper):
        members["reason"] = TextAreaField("Pourquoi le papier remplace-t-il ce qui est transmis\u00a0?")
    return type("FilingForm", (form_for(paper["to_confirm"]),), members)


def replaces(paper: Paper) -> bool:
    """Whether filing would supersede a transmitted version."""
    return paper["beside"] is not None and paper["beside"]["version"] is not None


@pages.route("/<uuid:paper>/decision", methods=["GET", "POST"])
@login_required("agent")
def decision(paper: Any) -> ResponseReturnValue:
    """GET compares the sheet with what is declared; POST confirms the points, then files."""
    read = api().papers.get(str(paper))
    if read.body["state"] != "typing":
        return decided(read)
    if not all(read.body["draft"][step] for step in ("information", "situation", "rent")):
        return redirect(url_for("papers.sheet", paper=paper), 303)
    kind = filing_form(read.body)
    if request.method == "POST":
        form = kind()
        if form.validate() and all_ticked(form) and (answer := filed(form, read.body["id"])) is not None:
            return answer
        # The refused request may have saved the confirmations, and someone else may have acted: reload before showing.
        read = api().papers.get(str(paper))
        if read.body["state"] != "typing":
            return decided(read)
        return show(read, as_it_stands(form, read), blank(read)), 422
    return show(read, *opened(kind, read))


def opened(kind: type[SummaryForm], read: Answer[Paper]) -> tuple[SummaryForm, DiscardForm]:
    """Both forms, unsent; the one that expired is filled in as it was typed."""
    kept = kept_form()
    filing = kind() if kept and kept.endpoint == "papers.decision" else shown_first(kind, read)
    return filing, DiscardForm(prefix=DISCARD) if kept and kept.endpoint == "papers.discard" else blank(read)


def decided(read: Answer[Paper]) -> ResponseReturnValue:
    """Already decided: the outcome is on the declaration's page."""
    if request.method == "POST":
        flash(DECIDED, "info")
    return redirect(url_for("declare.confirmation", declaration=read.body["declaration_id"]), 303)


def as_it_stands(form: Any, read: Answer[Paper]) -> Any:
    """A form on what is declared now, with the reason typed; the points must be confirmed again."""
    if SEEN_CHANGED not in form.form_errors:
        return form
    now = filing_form(read.body)()
    now.fail(SEEN_CHANGED)
    for box, _ in now.points():
        box.data = False
    return now


def shown_first(kind: type[SummaryForm], read: Answer[Paper]) -> SummaryForm:
    """The filing form before it is sent."""
    return kind(formdata=None, data={"etag": read.etag, "seen": read.body["declaration_etag"]})


def blank(read: Answer[Paper]) -> DiscardForm:
    """The discard form before it is sent."""
    return DiscardForm(formdata=None, data={"etag": read.etag}, prefix=DISCARD)


def filed(form: Any, identifier: str) -> ResponseReturnValue | None:
    """Redirects to the next envelope; None when the service's errors are on the form."""
    etag = form.etag.data or ""
    reasons = {box.name.removeprefix("confirm_"): (reason.data or "").strip() for box, reason in form.points()}
    why = (form.reason.data or "").strip() if "reason" in form else None
    try:
        if reasons:
            etag = api().papers.save(identifier, {"confirmations": reasons}, etag).etag
        api().papers.file(identifier, form.seen.data or "", why, etag, form.key.data or "")
    except Refused as error:
        fields = {f"/confirmations/{code}": f"confirm_{code}" for code in reasons}
        refused(error, form, {**fields, **({"/reason": "reason"} if "reason" in form else {})})
        return None
    flash(FILED, "success")
    return redirect(url_for("papers.index"), 303)


def refused(error: Refused, form: Any, fields: dict[str, str]) -> None:
    """Puts the service's errors on the form."""
    if error.status not in (400, 409, 412, 422):
        raise error
    if error.status == 412:
        form.fail(SEEN_CHANGED)
    else:
        form.fail_from(error.problem, fields)


@pages.post("/<uuid:paper>/ecartement")
@login_required("agent")
def discard(paper: Any) -> ResponseReturnValue:
    """The reason is kept with the paper, for the landlord to read."""
    read, form = api().papers.get(str(paper)), DiscardForm(prefix=DISCARD)
    reason = (form.reason.data or "").strip()
    if not reason:
        form.fail("Indiquez pourquoi, par exemple\u00a0: le bailleur a déclaré le même loyer en ligne", "reason")
    elif form.validate():
        try:
            api().papers.discard(str(paper), reason, form.etag.data or "", form.key.data or "")
        except Refused as error:
            refused(error, form, {"/reason": "reason"})
            read = api().papers.get(str(paper))
        else:
            flash(DISCARDED, "success")
            return redirect(url_for("papers.index"), 303)
    if read.body["state"] != "typing":
        return decided(read)
    return show(read, shown_first(filing_form(read.body), read), form), 422


def show(read: Answer[Paper], form: Any, discarding: DiscardForm) -> str:
    """The page, with the current state of both the paper and the declaration."""
    paper = read.body
    if form.errors:
        # The page now shows the current state: the next submission is based on it.
        form.etag.data, form.seen.data = read.etag, paper["declaration_etag"]
    if discarding.errors:
        discarding.etag.data = read.etag
    parts = [
        ("Informations", step_rows(paper, "information")),
        ("Situation du locataire", step_rows(paper, "situation")),
        ("Loyer de juillet", step_rows(paper, "rent")),
    ]
    return render_template(
        "agent/paper_decision.html",
        form=discarding if discarding.errors else form,
        filing=form,
        discarding=discarding,
        paper=paper,
        parts=parts,
        replaces=replaces(paper),
        messages={point["code"]: point["message"] for point in paper["to_confirm"]},
        **heading(paper["declaration"]),
    )
