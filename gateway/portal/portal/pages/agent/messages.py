"""The messages sent: their state, never their content."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.pages.addresses import address
from portal.sign_in.person import login_required

pages = Blueprint("messages", __name__, url_prefix="/agent/messages")
FILTERS = ("state", "channel", "template", "landlord_id")


@pages.get("", strict_slashes=False)
@login_required("agent")
def index() -> ResponseReturnValue:
    """Newest first."""
    chosen = {name: value for name in FILTERS if (value := request.args.get(name, "").strip())}
    found = api().notification.list_messages(**chosen, cursor=request.args.get("cursor", ""))
    following = found.get("next_cursor")
    next_page = address("messages.index", **chosen, cursor=following) if following else ""
    return render_template("agent/messages.html", found=found, chosen=chosen, following=next_page)
