"""Opens the campaigns of all Cafs at once, for supervisors: request, progress, outcome per Caf."""

from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.forms import BlankForm
from portal.pages.agent.campaigns import PHASES, pages
from portal.sign_in.person import current_user, login_required


def only_supervisors() -> None:
    """404 for everyone else."""
    if not current_user().supervisor:
        abort(404)


@pages.get("/<int:year>/ouverture-nationale")
@login_required("agent")
def confirm_all(year: int) -> ResponseReturnValue:
    """Which Cafs are ready; shown before all their landlords are written to."""
    only_supervisors()
    found = [each for each in api().campaigns.every() if each["year"] == year]
    found.sort(key=lambda each: each["caf_code"])
    return render_template("agent/open_all.html", form=BlankForm(), phases=PHASES, year=year, campaigns=found)


@pages.post("/<int:year>/ouverture-nationale")
@login_required("agent")
def open_all(year: int) -> ResponseReturnValue:
    """Requests one opening, however many clicks."""
    only_supervisors()
    made = api().campaigns.open_all(year, BlankForm().key.data or "")
    return redirect(url_for("campaigns.opening", opening=made["id"]), 303)


@pages.get("/ouvertures/<uuid:opening>")
@login_required("agent")
def opening(opening: UUID) -> ResponseReturnValue:
    """Progress, then the outcome of each Caf."""
    only_supervisors()
    found = api().campaigns.get_opening(str(opening))
    done = found["total"] - found["counts"].get("waiting", 0)
    return render_template("agent/opening.html", found=found, done=done, running=found["ended_at"] is None)
