"""The agents' home page: current campaigns and pending tasks."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.sign_in.person import login_required

pages = Blueprint("agent", __name__)


@pages.get("/agent")
@login_required("agent")
def index() -> ResponseReturnValue:
    """Links, and the state of the newest campaigns."""
    return render_template("agent/index.html", campaigns=api().campaigns.every()[:3])
