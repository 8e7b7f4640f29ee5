"""The e-mailed link that makes a device known to an account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.domain.credentials import normalise_login
from identity.journal.client_address import client_address
from identity.pages.forms import LinkForm, LoginForm
from identity.recovery.commands import SIGN_IN_LINK, request_recovery
from identity.sessions import known_devices
from identity.sessions.browser import runtime, settings

blueprint = Blueprint("devices", __name__, url_prefix="/compte/connexion/lien")


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Gives the same answer whether or not the account exists: a worker looks it up later."""
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("compte/lien.html", form=form), 422 if form.errors else 200
    with runtime().transaction() as database:
        login = normalise_login(form.login.data)
        request_recovery(database, SIGN_IN_LINK, login, client_address(request))
    return redirect(url_for("recovery.registered", purpose="lien"), 303)


@blueprint.route("/ouvrir", methods=["GET", "POST"])
def follow() -> ResponseReturnValue:
    """GET changes nothing, since mail programs open links before people do."""
    form = LinkForm(data={"token": request.args.get("jeton", "")})
    if not form.validate_on_submit():
        return render_template("compte/lien_recu.html", form=form, over=False)
    with runtime().transaction() as database:
        made = known_devices.from_link(database, settings(), form.token.data or "")
    if made is None:
        return render_template("compte/lien_recu.html", form=form, over=True), 422
    known_devices.keep_cookie(*made)
    flash("Cet appareil est reconnu. Connectez-vous avec votre identifiant et votre mot de passe.", "success")
    return redirect(url_for("sign_in.connexion"), 303)
