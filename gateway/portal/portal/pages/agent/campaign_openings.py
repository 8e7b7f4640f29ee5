"""One act that opens the campaigns of all Cafs, for supervisors: asked, followed, told Caf by Caf."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.forms import BlankForm
from portal.pages.agent.campaigns import PHASES, pages
from portal.sign_in.person import current_user, login_required


def only_supervisors() -> None:
    """As if the page did not exist, for the others."""
    if not current_user().supervisor:
        abort(404)


@pages.get("/<int:year>/ouverture-nationale")
@login_required("agent")
def confirm_all(year: int) -> ResponseReturnValue:
    """Which Cafs are ready, before every one of their landlords is written to."""
    only_supervisors()
    found = [each for each in api().campaigns.every() if each["year"] == year]
    shown: dict[str, Any] = {"year": year, "campaigns": sorted(found, key=lambda each: str(each["caf_code"]))}
    return render_template("agent/open_all.html", form=BlankForm(), phases=PHASES, **shown)


@pages.post("/<int:year>/ouverture-nationale")
@login_required("agent")
def open_all(year: int) -> ResponseReturnValue:
    """Asks once, whatever the number of clicks."""
    only_supervisors()
    made = api().campaigns.open_all(year, BlankForm().key.data or "")
    return redirect(url_for("campaigns.opening", opening=made["id"]), 303)


@pages.get("/ouvertures/<uuid:opening>")
@login_required("agent")
def opening(opening: UUID) -> ResponseReturnValue:
    """How far it is, then what became of each Caf."""
    only_supervisors()
    found = api().campaigns.get_opening(str(opening))
    done = found["total"] - found["counts"].get("waiting", 0)
    return render_template("agent/opening.html", found=found, done=done, running=found["ended_at"] is None)
