"""« Transmettre en lot »: transmits all complete drafts at once, and shows the outcome of each."""

from typing import Any

from chassis.french.housing import HOUSING_TYPES
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.forms import BlankForm
from portal.pages.addresses import address
from portal.pages.declare.blueprint import pages
from portal.pages.declare.files import download
from portal.pages.declare.grid import narrowed
from portal.sign_in.person import login_required

UNDER_WAY = frozenset({"received", "running"})
LINE_STATUSES = ("transmitted", "refused", "waiting")


@pages.route("/lots", methods=["GET", "POST"])
@login_required("landlord")
def lots() -> ResponseReturnValue:
    """The number of drafts, the button that transmits them, and past batch transmissions."""
    form, chosen = BlankForm(), narrowed()
    if request.method == "POST" and form.validate() and (answer := transmit(form, chosen)) is not None:
        return answer
    listed = api().declaration.list_declarations(**chosen, status="draft", limit=1)
    page = render_template(
        "declare/lots.html",
        form=form,
        chosen=chosen,
        housing_types=HOUSING_TYPES,
        here=address("declare.lots", **chosen),
        drafts=listed["total"],
        found=api().declaration.list_lots(request.args.get("cursor", "")),
    )
    return page, 422 if form.errors else 200


def transmit(form: BlankForm, chosen: dict[str, str]) -> ResponseReturnValue | None:
    """Redirects to the batch transmission's page, or None with the reason above the form."""
    filters = {name: int(value) if name == "campaign" else value for name, value in chosen.items()}
    try:
        made = api().declaration.transmit_lot(filters, form.key.data or "")
    except Refused as error:
        if error.status not in (400, 409, 422):
            raise
        form.fail(error.detail)
        return None
    return redirect(url_for("declare.lot", lot=made["id"]), 303)


@pages.get("/lots/<uuid:lot>")
@login_required("landlord")
def lot(lot: Any) -> ResponseReturnValue:
    """Progress while it runs, what was not transmitted and why, then the recap."""
    identifier = str(lot)
    state = api().declaration.get_lot(identifier)
    status = request.args.get("status", "refused" if state["refused"] else "transmitted")
    status = status if status in LINE_STATUSES else "transmitted"
    lines = api().declaration.list_lot_lines(identifier, status, request.args.get("cursor", ""))
    running = state["status"] in UNDER_WAY
    following = address("declare.lot", lot=identifier, status=status, cursor=lines["next_cursor"])
    return render_template(
        "declare/lot.html",
        state=state,
        status=status,
        lines=lines,
        running=running,
        receipt=bool(state["transmitted"]) and not running and has_receipt(identifier),
        here=url_for("declare.lot", lot=identifier),
        following=following if lines["next_cursor"] else "",
    )


def has_receipt(identifier: str) -> bool:
    """Whether its recap is ready; False while the documents service is late or unavailable."""
    try:
        return bool(api().documents.lot(identifier)["available"])
    except (Refused, Unavailable):
        return False


@pages.get("/lots/<uuid:lot>/recapitulatif.pdf")
@login_required("landlord")
def lot_receipt(lot: Any) -> ResponseReturnValue:
    """One recap for the whole batch transmission."""
    return download(api().documents.lot_content(str(lot)), "recapitulatif-lot.pdf")
