"""« Je n’arrive pas à me connecter »: a page that leads to the right form, and two forms that reveal nothing."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.domain.credentials import Purpose
from identity.domain.identifiers import normalise_email, normalise_user_number
from identity.domain.sign_in_help import Way
from identity.journal.client_address import client_address
from identity.pages.forms import EmailForm, HelpForm, UserNumberForm
from identity.recovery.commands import request_recovery
from identity.sessions.browser import runtime, settings

blueprint = Blueprint("recovery", __name__, url_prefix="/compte")


@blueprint.get("/aide-connexion")
def help_page() -> ResponseReturnValue:
    asked = HelpForm(formdata=request.args) if request.args else HelpForm(formdata=None)
    found = asked.way if request.args and asked.validate() else None
    lifetimes = {"hours": settings().provisional_email_hours, "days": settings().provisional_letter_days}
    shown = {"form": asked, "way": found, "ways": Way, "lifetimes": lifetimes}
    return render_template("compte/aide_connexion.html", **shown), 422 if asked.errors else 200


@blueprint.route("/identifiant-perdu", methods=["GET", "POST"])
def lost_identifier() -> ResponseReturnValue:
    form = UserNumberForm()
    if not form.validate_on_submit():
        return render_template("compte/identifiant_perdu.html", form=form), 422 if form.errors else 200
    _ask(Purpose.IDENTIFIER_RECOVERY, normalise_user_number(form.user_number.data) or "")
    return redirect(url_for("recovery.registered", purpose="identifiant"), 303)


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
def forgotten_password() -> ResponseReturnValue:
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("compte/mot_de_passe_oublie.html", form=form), 422 if form.errors else 200
    _ask(Purpose.PASSWORD_RECOVERY, normalise_email(form.email.data) or "")
    return redirect(url_for("recovery.registered", purpose="mot-de-passe"), 303)


@blueprint.get("/demande-enregistree/<any(identifiant, 'mot-de-passe', lien):purpose>")
def registered(purpose: str) -> ResponseReturnValue:
    """A separate page, to which a repeated form also redirects."""
    return render_template("compte/demande_enregistree.html", purpose=purpose)


def _ask(purpose: Purpose, subject: str) -> None:
    with runtime().transaction() as database:
        request_recovery(database, purpose, subject, client_address(request))
