"""Step 5: the declaration has reached the Caf, and its receipt is there to be kept."""

from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.pages.declare.blueprint import pages
from portal.pages.declare.journey import heading, next_address, reported
from portal.pages.declare.outcomes import outcome_of
from portal.pages.declare.receipt import receipts_of
from portal.sign_in.person import the_person, wanted


@pages.get("/<uuid:declaration>/confirmation")
@wanted()
def confirmation(declaration: Any) -> ResponseReturnValue:
    """Also the page of a declaration that is over: its versions, their receipts, and how to correct it."""
    body = api().declaration.get(str(declaration)).body
    if not body["transmissions"] and body["next_step"] != "done" and not the_person().is_agent:
        return redirect(next_address(body), 303)
    receipts = receipts_of(body["id"]) if body["transmissions"] else {}
    shown = {"receipts": receipts, "outcome": outcome_of(body, the_person().is_agent), "index": 4}
    return render_template("declare/confirmation.html", **shown, **reported(body), **heading(body))
