"""Changing the dates of a campaign: a form, a preview of the effects, then the change."""

from collections.abc import Iterator
from datetime import date

from chassis import clock
from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from webui.typography import long_date

from portal.api_types.declaration.campaigns import Campaign, ChangeCampaignDatesBody
from portal.clients import api
from portal.clients.errors import Refused
from portal.pages.addresses import address
from portal.pages.agent.campaign_forms import DatesForm
from portal.pages.agent.campaigns import chosen_caf, pages
from portal.sign_in.person import login_required


@pages.route("/<int:year>/dates", methods=["GET", "POST"])
@login_required("agent")
def dates(year: int) -> ResponseReturnValue:
    """New dates are first shown next to the current ones; only confirmed dates are saved."""
    caf = chosen_caf()
    campaign = api().campaigns.get(year, caf)
    form = DatesForm(data=_days(campaign))
    if request.method == "POST" and form.validate():
        if not form.confirmed.data:
            effects = list(at_once(campaign, form.as_change(), clock.today()))
            shown = {"campaign": campaign, "form": form, "change": form.as_change(), "effects": effects, "caf": caf}
            return render_template("agent/confirm_dates.html", **shown)
        if _change(year, caf, form):
            flash("Les dates de la campagne sont changées.", "success")
            return redirect(address("campaigns.progress", year=year, caf=caf), 303)
    status = 422 if form.errors else 200
    return render_template("agent/campaign_dates.html", campaign=campaign, form=form, caf=caf), status


def _days(campaign: Campaign) -> dict[str, date | list[date]]:
    return {
        "deadline": date.fromisoformat(campaign["deadline"]),
        "cut_off": date.fromisoformat(campaign["cut_off"]),
        "reminders": [date.fromisoformat(day) for day in campaign["reminders"]],
    }


def _change(year: int, caf: str, form: DatesForm) -> bool:
    try:
        api().campaigns.change_dates(year, caf, form.as_change())
    except Refused as error:
        if error.status not in (400, 422):
            raise
        form.fail_from(error.problem, form.pointers)
        return False
    return True


def at_once(campaign: Campaign, change: ChangeCampaignDatesBody, today: date) -> Iterator[str]:
    """The immediate effects of the new dates, which no later change of dates can undo."""
    if campaign["phase"] == "draft":
        return
    day = today.isoformat()
    due = max((each for each in change["reminders"] if each <= day), default="")
    sent = max((each for each in campaign["reminders"] if each <= day), default="")
    if change["cut_off"] < day:
        yield "Le dernier jour est passé\u00a0: plus rien ne sera accepté, et la campagne sera close pour de bon."
    elif change["deadline"] < day:
        yield "La date limite est passée\u00a0: tout ce qui sera transmis portera la marque du retard."
    if campaign["phase"] == "open" and due > sent:
        yield f"Un rappel, celui du {long_date(due)}, part tout de suite à tous ceux qui n’ont pas fini."
