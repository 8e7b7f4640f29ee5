"""Step 4: everything entered, what must be confirmed, and « Valider »."""

from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import PageForm
from webui.kept_forms import kept_form
from webui.typography import long_date
from wtforms import BooleanField, Field, HiddenField, TextAreaField

from portal.api_types.declaration.declarations import DeclaredField
from portal.api_types.declaration.shared import Declaration, DeclarationChecksToConfirmItem
from portal.clients import api
from portal.clients.errors import Refused
from portal.clients.http import Answer
from portal.forms import IdempotentForm
from portal.pages.authors import author_name
from portal.pages.declare.blueprint import pages
from portal.pages.declare.forms import declared, stored_step
from portal.pages.declare.journey import Declared, amount, heading, is_editable, next_address, yes_no
from portal.sign_in.person import login_required

Rows = list[tuple[str, str]]
CHANGED = "Cette déclaration a été modifiée entre-temps par {}\u00a0: relisez-la avant de valider."
TO_TICK = "Cochez la case pour confirmer {}, ou modifiez votre déclaration"


class SummaryForm(IdempotentForm):
    """A box and a reason for each point to confirm: `confirm_<code>` and `reason_<code>`."""

    etag = HiddenField()
    # Code -> what its box confirms.
    confirms: ClassVar[dict[str, str]] = {}

    def points(self) -> list[tuple[Field, Field]]:
        """The pairs (box, reason)."""
        boxes = [field for field in self if field.name.startswith("confirm_")]
        return [(box, self[box.name.replace("confirm_", "reason_", 1)]) for box in boxes]


def form_for(points: list[DeclarationChecksToConfirmItem]) -> type[SummaryForm]:
    """The form with the points to confirm of a declaration."""
    members: dict[str, Field] = {}
    for check in points:
        code, point = check["code"], check["confirms"]
        members[f"confirm_{code}"] = BooleanField(f"Je confirme {point}", default=check["confirmed"])
        members[f"reason_{code}"] = TextAreaField(
            f"Motif, si vous le souhaitez ({point})", default=check["reason"] or ""
        )
    confirms = {check["code"]: check["confirms"] for check in points}
    return type("SummaryFormOf", (SummaryForm,), {"confirms": confirms, **members})


def step_rows(declaration: Declared, step: str) -> Rows:
    """What a step says; questions that do not apply are not shown."""
    stands = stored_step(declaration["draft"], step)
    rows: Rows = []
    for field in declared(step):
        applies = field["follows"] is None or stands.get(field["follows"]) is False
        if field["label"] and applies:
            # A choice completes its question.
            label = field["question"] if field["options"] else field["label"]
            rows.append((label, shown_value(field, stands.get(field["name"]), declaration)))
        if field["name"] == "charges":
            rows.append(("Total, charges comprises", amount(declaration["total"])))
    return rows


def shown_value(field: DeclaredField, value: Any, declaration: Declared) -> str:
    """A stored value for a reader."""
    if field["kind"] == "address":
        return ", ".join(value or []) or "Inconnue"
    if value is None:
        return "–"
    if field["kind"] == "commune":
        return str(declaration["commune_name"])
    if field["kind"] in ("flag", "agreement"):
        return yes_no(value)
    if field["kind"] == "day":
        return long_date(value)
    if field["kind"] == "amount":
        return amount(value)
    return {option["value"]: option["label"].lower() for option in field["options"]}.get(value, str(value))


@pages.route("/<uuid:declaration>/synthese", methods=["GET", "POST"], endpoint="synthese")
@login_required("landlord")
def summary(declaration: Any) -> ResponseReturnValue:
    """GET shows; POST confirms the points, then transmits."""
    read = api().declaration.get(str(declaration))
    if not is_editable(read.body) or read.body["next_step"] != "summary":
        return redirect(next_address(read.body), 303)
    kind = form_for(read.body["checks"]["to_confirm"])
    if request.method == "GET":
        return show(read, kind() if kept_form() else kind(formdata=None, data={"etag": read.etag}))
    form = kind()
    if form.validate() and all_ticked(form) and transmit(form, read):
        return redirect(url_for("declare.confirmation", declaration=declaration), 303)
    return shown_again(form, str(declaration))


def shown_again(form: SummaryForm, declaration: str) -> ResponseReturnValue:
    """The current state with what was typed; says who changed it since the page was built."""
    read = api().declaration.get(declaration)
    if not is_editable(read.body) or read.body["next_step"] != "summary":
        flash(CHANGED.format(author_name()(read.body["updated_by"])), "info")
        return redirect(next_address(read.body), 303)
    if form.etag.data not in ("", read.etag) and read.body["updated_by"]["kind"] != "you":
        # The points to confirm may have changed; reasons typed stay with their points.
        form = form_for(read.body["checks"]["to_confirm"])()
        form.fail(CHANGED.format(author_name()(read.body["updated_by"])))
    form.etag.data = read.etag
    return show(read, form), 422


def all_ticked(form: SummaryForm) -> bool:
    """Adds an error for each unticked box."""
    for box, _reason in form.points():
        if not box.data:
            form.fail(TO_TICK.format(form.confirms[box.name.removeprefix("confirm_")]), box.name)
    return not form.errors


def transmit(form: SummaryForm, read: Answer[Declaration]) -> bool:
    """False when the service refuses; its errors are then on the page."""
    identifier, etag = read.body["id"], form.etag.data or read.etag
    reasons = {box.name.removeprefix("confirm_"): (reason.data or "").strip() for box, reason in form.points()}
    try:
        if reasons:
            etag = api().declaration.save(identifier, {"confirmations": reasons}, etag).etag
        api().declaration.transmit(identifier, etag, form.key.data or "")
    except Refused as error:
        if error.status not in (409, 412, 422):
            raise
        form.fail_from(error.problem, {f"/confirmations/{code}": f"confirm_{code}" for code in reasons})
        return False
    return True


def show(read: Answer[Declaration], form: PageForm) -> str:
    """The page."""
    body = read.body
    parts = [
        ("Informations", step_rows(body, "information"), url_for("declare.informations", declaration=body["id"])),
        ("Situation du locataire", step_rows(body, "situation"), url_for("declare.situation", declaration=body["id"])),
        ("Loyer de juillet", step_rows(body, "rent"), url_for("declare.loyer", declaration=body["id"])),
    ]
    messages = {check["code"]: check["message"] for check in body["checks"]["to_confirm"]}
    return render_template("declare/synthese.html", form=form, parts=parts, messages=messages, index=3, **heading(body))
