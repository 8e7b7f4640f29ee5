"""Landlords' reports about their list of tenants; the Caf's queue, and its answers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from chassis.french.housing import HOUSING_TYPES
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import FrenchDateField, choices
from wtforms import RadioField, StringField, TextAreaField

from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import BlankForm, IdempotentForm, lines_of
from portal.pages.addresses import address
from portal.pages.declare.journey import REPORT_COLOURS
from portal.sign_in.person import current_user, login_required

pages = Blueprint("reports", __name__, url_prefix="/signalements")
OUTCOMES = {"accept": "Accepter", "refuse": "Refuser"}
NEEDED = {
    "user_number": "Saisissez votre N°\u00a0d’utilisateur",
    "tenant_last_name": "Saisissez le nom du locataire",
    "address": "Saisissez l’adresse du logement",
    "commune_insee": "Saisissez la commune du logement",
    "housing_type": "Choisissez le type de logements",
}
COMMENT = "Précisions, si vous le souhaitez"


class MissingForm(IdempotentForm):
    """A tenant missing from the list."""

    user_number = StringField("Votre N°\u00a0d’utilisateur")
    tenant_last_name = StringField("Nom du locataire")
    tenant_first_name = StringField("Prénom du locataire")
    address = TextAreaField("Adresse du logement")
    commune_insee = StringField("Commune du logement")
    housing_type = RadioField("Type de logements", choices=choices(HOUSING_TYPES), validate_choice=False)
    comment = TextAreaField(COMMENT)
    pointers: ClassVar[dict[str, str]] = {
        **{f"/tenant/{name}": name for name in ("tenant_last_name", "tenant_first_name", "address", "commune_insee")},
        **{f"/{name}": name for name in ("user_number", "housing_type", "comment")},
    }

    def validate(self, extra_validators: Any = None) -> bool:
        """Collects everything missing, so that all errors are shown together."""
        good = super().validate(extra_validators)
        empty = [name for name in NEEDED if not (self[name].data or "").strip()]
        for name in empty:
            self.fail(NEEDED[name], name)
        return bool(good) and not empty

    def as_report(self) -> Mapping[str, object]:
        """The body for the service."""
        names = ("tenant_last_name", "tenant_first_name", "commune_insee")
        tenant = {name: (self[name].data or "").strip() for name in names}
        return {
            "kind": "missing_tenant",
            "user_number": (self.user_number.data or "").strip(),
            "housing_type": self.housing_type.data,
            "tenant": {**tenant, "address": lines_of(self.address.data)},
            "comment": (self.comment.data or "").strip(),
        }


class GoneForm(IdempotentForm):
    """A tenant that is no longer the landlord's."""

    happened_on = FrenchDateField("Depuis quel jour\u00a0? (départ du locataire, vente du logement)")
    comment = TextAreaField(COMMENT)
    pointers: ClassVar[dict[str, str]] = {"/happened_on": "happened_on", "/comment": "comment"}


class AnswerForm(IdempotentForm):
    """The Caf's answer."""

    outcome = RadioField("Votre réponse", choices=choices(OUTCOMES), validate_choice=False)
    answer = TextAreaField("Ce que le bailleur lira")
    pointers: ClassVar[dict[str, str]] = {"/outcome": "outcome", "/answer": "answer"}


def send(form: Any, report: Mapping[str, object]) -> ResponseReturnValue | None:
    """Redirects to the report, new or existing; None when the service refuses, with its errors on the form."""
    try:
        made = api().declaration.send_report(report, form.key.data or "")
    except Refused as error:
        if error.status not in (400, 409, 422):
            raise
        form.fail_from(error.problem, form.pointers)
        return None
    flash(f"Votre signalement est enregistré sous le numéro {made['number']}.", "success")
    return redirect(url_for("reports.one", report=made["id"]), 303)


@pages.get("", strict_slashes=False)
@login_required()
def index() -> ResponseReturnValue:
    """« Mes signalements », or the queue of the agent's Caf."""
    state = request.args.get("etat", "")
    state = state if state in REPORT_COLOURS else ""
    found = api().declaration.list_reports(state=state, cursor=request.args.get("cursor", ""))
    following = found["next_cursor"]
    next_page = address("reports.index", etat=state, cursor=following) if following else ""
    return render_template(
        "reports/index.html",
        found=found,
        state=state,
        agent=current_user().is_agent,
        colours=REPORT_COLOURS,
        following=next_page,
    )


@pages.route("/locataire-absent", methods=["GET", "POST"])
@login_required("landlord")
def missing() -> ResponseReturnValue:
    """« Mon locataire n’est pas dans la liste »."""
    form = MissingForm()
    if request.method == "POST" and form.validate():
        sent = send(form, form.as_report())
        if sent is not None:
            return sent
    return render_template("reports/missing.html", form=form), 422 if form.errors else 200


@pages.route("/plus-mon-locataire/<uuid:declaration>", methods=["GET", "POST"])
@login_required("landlord")
def gone(declaration: Any) -> ResponseReturnValue:
    """« Ce locataire n’est plus le mien »; the declaration itself is unchanged."""
    body = api().declaration.get(str(declaration)).body
    form = GoneForm()
    if request.method == "POST" and form.validate():
        day = form.happened_on.data
        report = {
            "kind": "no_longer_mine",
            "declaration_id": body["id"],
            "happened_on": day.isoformat() if day else None,
            "comment": (form.comment.data or "").strip(),
        }
        sent = send(form, report)
        if sent is not None:
            return sent
    return render_template("reports/gone.html", form=form, declaration=body), 422 if form.errors else 200


@pages.route("/<uuid:report>", methods=["GET", "POST"])
@login_required()
def one(report: Any) -> ResponseReturnValue:
    """A report; agents answer it here."""
    found, form = api().declaration.get_report(str(report)), AnswerForm()
    if request.method == "POST" and current_user().is_agent and form.validate():
        body = {"outcome": form.outcome.data, "answer": (form.answer.data or "").strip()}
        if not form.outcome.data:
            form.fail("Choisissez d’accepter ou de refuser", "outcome")
        else:
            try:
                api().declaration.answer_report(str(report), body, form.key.data or "")
            except Refused as error:
                if error.status not in (400, 409, 422):
                    raise
                form.fail_from(error.problem, form.pointers)
            else:
                flash("La réponse est enregistrée\u00a0: le bailleur la lit dans « Mes signalements ».", "success")
                return redirect(url_for("reports.index", etat="received"), 303)
    page = render_template(
        "reports/one.html",
        report=found,
        form=form,
        blank=BlankForm(),
        agent=current_user().is_agent,
        colours=REPORT_COLOURS,
    )
    return page, 422 if form.errors else 200


@pages.post("/<uuid:report>/prise-en-charge")
@login_required("agent")
def take(report: Any) -> ResponseReturnValue:
    """Marks it as being handled; the landlord sees that."""
    api().declaration.take_report(str(report), BlankForm().key.data or "")
    return redirect(url_for("reports.one", report=report), 303)
