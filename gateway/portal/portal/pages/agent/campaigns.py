"""Campaigns: prepare, open, close and follow."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.french.housing import HOUSING_TYPES
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.typography import count

from portal import charts
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import BlankForm
from portal.pages.addresses import address
from portal.pages.agent.campaign_forms import CampaignForm
from portal.sign_in.person import current_user, login_required

pages = Blueprint("campaigns", __name__, url_prefix="/agent/campagnes")
CAF_CODE = re.compile(r"\d{3}\Z")
PHASES = {"draft": "En préparation", "open": "Ouverte", "closed": "Close"}


def chosen_caf() -> str:
    """For a supervisor, the Caf in the URL or the form; the service knows an agent's own."""
    code = request.values.get("caf", "")
    return code if current_user().supervisor and CAF_CODE.match(code) else ""


@pages.get("", strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """All campaigns, with the actions available on each."""
    found = api().campaigns.every()
    supervisor = current_user().supervisor
    openings = api().campaigns.list_openings() if supervisor else []
    shown = {"campaigns": found, "openings": openings, "supervisor": supervisor}
    return render_template("agent/campaigns.html", phases=PHASES, **shown)


@pages.route("/nouvelle", methods=["GET", "POST"])
@login_required("agent")
def new() -> ResponseReturnValue:
    """Prepares a campaign."""
    form = CampaignForm()
    if request.method == "POST" and form.validate():
        try:
            api().campaigns.create(form.as_campaign(), form.key.data or "")
        except Refused as error:
            if error.status not in (400, 409, 422):
                raise
            form.fail_from(error.problem, form.pointers)
        else:
            flash("La campagne est préparée. Ouvrez-la quand vous êtes prêt.", "success")
            return redirect(url_for("campaigns.index"), 303)
    supervisor = current_user().supervisor
    return render_template("agent/new_campaign.html", form=form, supervisor=supervisor), 422 if form.errors else 200


@pages.get("/<int:year>")
@login_required("agent")
def progress(year: int) -> ResponseReturnValue:
    """Progress of a campaign: total, per type of dwelling, per département and per day."""
    found = api().campaigns.progress(year, chosen_caf())
    drawn = charts.cumulated(found["days"], date.fromisoformat(found["campaign"]["deadline"]))
    return render_template("agent/progress.html", found=found, phases=PHASES, kinds=HOUSING_TYPES, drawn=drawn)


@pages.get("/<int:year>/france")
@login_required("agent")
def france(year: int) -> ResponseReturnValue:
    """Progress of each Caf, for a supervisor."""
    if not current_user().supervisor:
        abort(404)
    found = api().campaigns.progress_of_all(year)
    shown = {
        "phases_count": {phase: sum(each["phase"] == phase for each in found["cafs"]) for phase in PHASES},
        "drawn": charts.cumulated(found["days"], common_deadline(found["cafs"])),
    }
    return render_template("agent/france.html", found=found, phases=PHASES, kinds=HOUSING_TYPES, **shown)


def common_deadline(cafs: Sequence[Mapping[str, Any]]) -> date | None:
    """The deadline common to all Cafs; None when they differ."""
    deadlines = {each["deadline"] for each in cafs}
    return date.fromisoformat(deadlines.pop()) if len(deadlines) == 1 else None


@pages.post("/<int:year>/<action>")
@login_required("agent")
def act(year: int, action: str) -> ResponseReturnValue:
    """Opens or closes, after a confirmation page."""
    caf, key = chosen_caf(), BlankForm().key.data or ""
    if action == "ouverture":
        made = api().campaigns.open(year, caf, key)
        asked = count(made["landlords"], "bailleur sollicité", "bailleurs sollicités")
        created = count(made["declarations"], "déclaration créée", "déclarations créées")
        flash(f"La campagne {year} est ouverte\u00a0: {created}, {asked}.", "success")
    elif action == "cloture":
        api().campaigns.close(year, caf, key)
        flash(f"La campagne {year} est close. Les déclarations tardives restent possibles.", "success")
    else:
        abort(404)
    return redirect(address("campaigns.progress", year=year, caf=caf), 303)


@pages.get("/<int:year>/<action>")
@login_required("agent")
def confirm(year: int, action: str) -> ResponseReturnValue:
    """Opening writes to every landlord, and closing cannot be undone: both ask for confirmation."""
    if action not in ("ouverture", "cloture"):
        abort(404)
    caf = chosen_caf()
    found = api().campaigns.get(year, caf)
    return render_template("agent/confirm_campaign.html", campaign=found, action=action, form=BlankForm(), caf=caf)
