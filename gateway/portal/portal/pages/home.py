"""The home page « Espace Partenaires », and the pages required by law."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal import layout
from portal.api_types.declaration.declarations import Remaining
from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.sign_in.person import signed_in
from portal.sign_in.tokens import SignedOut

pages = Blueprint("home", __name__)


@pages.get("/")
def index() -> ResponseReturnValue:
    """For visitors, the sign-in link; for people signed in, what they can do."""
    person = signed_in()
    if person is None:
        # Identity redirects here after sign-out with a `state` that nobody reads.
        return redirect("/", 303) if "state" in request.args else render_template("home.html")
    remaining = [] if person.is_agent else what_remains()
    managing = not person.is_agent and layout.manages_users()
    return render_template("account.html", signed=person, managing=managing, remaining=remaining)


def what_remains() -> list[Remaining]:
    """What is left to declare, for landlords; empty when the service does not answer, so that the page still works."""
    try:
        return api().declaration.remaining()
    except (Refused, Unavailable, SignedOut):
        return []


@pages.get("/accessibilite")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement (décret 2019-768)."""
    return render_template("accessibility.html")


@pages.get("/mentions")
def legal() -> ResponseReturnValue:
    """Legal notice and personal data."""
    return render_template("legal.html")
