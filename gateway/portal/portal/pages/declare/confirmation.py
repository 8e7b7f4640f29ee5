"""Step 5: the declaration has reached the Caf; its recap can be downloaded."""

from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.pages.declare.blueprint import pages
from portal.pages.declare.journey import heading, next_address, reported
from portal.pages.declare.outcomes import outcome_of
from portal.pages.declare.recap import Recaps, recaps_of
from portal.sign_in.person import current_user, login_required


@pages.get("/<uuid:declaration>/confirmation")
@login_required()
def confirmation(declaration: Any) -> ResponseReturnValue:
    """Also the page of a finished declaration: its versions, their recaps, and how to correct it."""
    body = api().declaration.get(str(declaration)).body
    if not body["transmissions"] and body["next_step"] != "done" and not current_user().is_agent:
        return redirect(next_address(body), 303)
    recaps = recaps_of(body["id"]) if body["transmissions"] else Recaps({}, delayed=False)
    shown = {
        "receipts": recaps.by_version,
        "delayed": recaps.delayed,
        "outcome": outcome_of(body, current_user().is_agent),
        "index": 4,
    }
    return render_template("declare/confirmation.html", **shown, **reported(body), **heading(body))
