"""Campaigns: prepare, open, close, and how far they are."""

import re
from datetime import date
from typing import Any, ClassVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import FrenchDateField
from webui.typography import count
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from portal import charts
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import BlankForm, OnceForm, lines_of, whole_number
from portal.pages.addresses import address
from portal.sign_in.person import the_person, wanted

pages = Blueprint("campaigns", __name__, url_prefix="/agent/campagnes")
CAF_CODE = re.compile(r"\d{3}\Z")
YEAR = "Saisissez une année, par exemple 2026"
DEADLINE = "Saisissez la date limite, par exemple 15 11 2026"
CUT_OFF = "Saisissez le dernier jour, par exemple 15 1 2027"
HOUSING_TYPES = {"conventioned": "Conventionné", "private": "Privé"}
PHASES = {"draft": "En préparation", "open": "Ouverte", "closed": "Close"}


class CampaignForm(OnceForm):
    """A campaign to prepare. The contact is printed on letters and receipts (CRPA L. 112-11)."""

    year = StringField("Année du loyer de juillet", [InputRequired(YEAR), whole_number(YEAR)])
    caf_code = StringField("Code de la Caf")
    opens_on = FrenchDateField("Date d’ouverture")
    deadline = FrenchDateField("Date limite de déclaration", [InputRequired(DEADLINE)])
    cut_off = FrenchDateField("Dernier jour pour les déclarations tardives", [InputRequired(CUT_OFF)])
    contact_name = StringField("Nom du service")
    contact_telephone = StringField("Téléphone")
    contact_address = TextAreaField("Adresse")
    contact_reference = StringField("Référence de la Caf")
    pointers: ClassVar[dict[str, str]] = {
        **{f"/{name}": name for name in ("year", "caf_code", "opens_on", "deadline", "cut_off")},
        **{f"/contact/{name}": f"contact_{name}" for name in ("name", "telephone", "address", "reference")},
        "/contact": "contact_name",
    }

    def as_campaign(self) -> dict[str, Any]:
        """What the service takes; what was left empty is not sent."""
        days = {name: self[name].data for name in ("opens_on", "deadline", "cut_off")}
        year = (self.year.data or "").strip()
        given: dict[str, Any] = {
            "year": int(year) if year.isdigit() else None,
            "caf_code": (self.caf_code.data or "").strip(),
            **{name: day.isoformat() for name, day in days.items() if day},
            "contact": self.contact(),
        }
        return {name: value for name, value in given.items() if value not in (None, "", {})}

    def contact(self) -> dict[str, Any]:
        """Empty when nothing of it was typed."""
        typed = {
            "name": (self.contact_name.data or "").strip(),
            "telephone": (self.contact_telephone.data or "").strip(),
            "address": lines_of(self.contact_address.data),
            "reference": (self.contact_reference.data or "").strip(),
        }
        return typed if any(typed.values()) else {}


def chosen_caf() -> str:
    """For a supervisor the Caf of the address or the form; an agent's own is known to the service."""
    code = request.values.get("caf", "")
    return code if the_person().supervisor and CAF_CODE.match(code) else ""


@pages.get("", strict_slashes=False)
@wanted("agent")
def index() -> ResponseReturnValue:
    """All campaigns, with the actions of each."""
    found = api().declaration.list_campaigns()
    supervisor = the_person().supervisor
    return render_template("agent/campaigns.html", campaigns=found, phases=PHASES, supervisor=supervisor)


@pages.route("/nouvelle", methods=["GET", "POST"])
@wanted("agent")
def new() -> ResponseReturnValue:
    """Prepares a campaign."""
    form = CampaignForm()
    if request.method == "POST" and form.validate():
        try:
            api().declaration.create_campaign(form.as_campaign(), form.key.data or "")
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, form.pointers)
        else:
            flash("La campagne est préparée. Ouvrez-la quand vous êtes prêt.", "success")
            return redirect(url_for("campaigns.index"), 303)
    supervisor = the_person().supervisor
    return render_template("agent/new_campaign.html", form=form, supervisor=supervisor), 422 if form.errors else 200


@pages.get("/<int:year>")
@wanted("agent")
def progress(year: int) -> ResponseReturnValue:
    """How far a campaign is: in all, per type of dwelling, per département and day after day."""
    found = api().declaration.progress(year, chosen_caf())
    drawn = charts.cumulated(found["days"], date.fromisoformat(found["campaign"]["deadline"]))
    return render_template("agent/progress.html", found=found, phases=PHASES, kinds=HOUSING_TYPES, drawn=drawn)


@pages.get("/<int:year>/france")
@wanted("agent")
def france(year: int) -> ResponseReturnValue:
    """How far each Caf is, for a supervisor."""
    if not the_person().supervisor:
        abort(404)
    found = api().declaration.progress_of_all(year)
    counted = {phase: sum(each["phase"] == phase for each in found["cafs"]) for phase in PHASES}
    return render_template("agent/france.html", found=found, phases=PHASES, kinds=HOUSING_TYPES, phases_count=counted)


@pages.post("/<int:year>/<action>")
@wanted("agent")
def act(year: int, action: str) -> ResponseReturnValue:
    """Opens or closes, after a confirmation page."""
    caf, key = chosen_caf(), BlankForm().key.data or ""
    if action == "ouverture":
        made = api().declaration.open_campaign(year, caf, key)
        asked = count(made["landlords"], "bailleur sollicité", "bailleurs sollicités")
        created = count(made["declarations"], "déclaration créée", "déclarations créées")
        flash(f"La campagne {year} est ouverte\u00a0: {created}, {asked}.", "success")
    elif action == "cloture":
        api().declaration.close_campaign(year, caf, key)
        flash(f"La campagne {year} est close. Les déclarations tardives restent possibles.", "success")
    else:
        abort(404)
    return redirect(address("campaigns.progress", year=year, caf=caf), 303)


@pages.get("/<int:year>/<action>")
@wanted("agent")
def confirm(year: int, action: str) -> ResponseReturnValue:
    """Opening writes to every landlord: it asks first."""
    if action not in ("ouverture", "cloture"):
        abort(404)
    return render_template("agent/confirm_campaign.html", year=year, action=action, form=BlankForm(), caf=chosen_caf())
