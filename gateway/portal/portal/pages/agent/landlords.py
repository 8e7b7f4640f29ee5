"""A landlord's contact addresses, and landlords whose address keeps letters from being printed."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.pages.addresses import address
from portal.sign_in.person import current_user, login_required

pages = Blueprint("landlords", __name__, url_prefix="/agent/bailleurs")


@pages.get("/adresses-a-corriger")
@login_required("agent")
def to_correct() -> ResponseReturnValue:
    """Landlords to whom no letter can be printed until the Caf corrects its registry."""
    found = api().notification.landlords_to_correct(request.args.get("cursor", ""))
    following = found.get("next_cursor")
    next_page = address("landlords.to_correct", cursor=following) if following else ""
    return render_template("agent/landlords.html", found=found, following=next_page)


@pages.get("/<uuid:landlord>")
@login_required("agent")
def show(landlord: Any) -> ResponseReturnValue:
    """Both e-mail addresses, the one in use, and the postal address."""
    found = api().notification.landlord(str(landlord))
    return render_template("agent/landlord.html", landlord=found, supervisor=current_user().supervisor)
