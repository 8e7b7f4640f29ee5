"""Signing in and out."""

from chassis.problems import TooManyRequests
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from webui.blank import render_blank

from identity.domain.first_sign_in import Step
from identity.pages.forms import SignInForm, TokenForm
from identity.pages.guards import too_many
from identity.sessions.browser import (
    forget,
    must_sign_in_again,
    page_of,
    remember,
    request_origin,
    runtime,
    sign_out_of_browser,
    signed_in,
)
from identity.sign_in.password_login import Refusal, Refused, sign_in
from identity.throttling.attempts import UnknownDevice

blueprint = Blueprint("sign_in", __name__, url_prefix="/compte")

_PAGE = "compte/connexion.html"
REFUSALS = {
    Refusal.WRONG: "L’identifiant ou le mot de passe n’est pas le bon. Vérifiez les deux. "
    "Si vous avez reçu plusieurs mots de passe provisoires, seul le dernier est valable.",
    Refusal.SUSPENDED: "Votre compte est suspendu. Appelez votre Caf\u00a0: elle seule peut le rétablir.",
    Refusal.PROVISIONAL_USED: "Ce mot de passe provisoire a déjà servi. Connectez-vous avec le mot de passe que vous "
    "avez choisi. Si vous ne l’avez plus, ouvrez «\u00a0Je n’arrive pas à me connecter\u00a0» pour en recevoir un "
    "nouveau.",
    Refusal.PROVISIONAL_SPENT: "Ce mot de passe provisoire n’est plus valable, car il y a eu trop d’essais. Ouvrez "
    "«\u00a0Je n’arrive pas à me connecter\u00a0» pour en recevoir un nouveau.",
    Refusal.PROVISIONAL_EXPIRED: "Ce mot de passe provisoire n’est plus valable, car il a été envoyé il y a trop "
    "longtemps. Ouvrez «\u00a0Je n’arrive pas à me connecter\u00a0» pour en recevoir un nouveau.",
}


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return redirect(page_of(Step.CREDENTIALS), 303)


@blueprint.route("/connexion", methods=["GET", "POST"])
def connexion() -> ResponseReturnValue:
    if request.method != "POST":
        found = signed_in()
        if found is not None and not must_sign_in_again(found):
            return redirect(page_of(found.step), 303)
        return render_blank(_PAGE, lambda: {"form": SignInForm()})
    form = SignInForm()
    if not form.validate():
        return render_template(_PAGE, form=form), 422
    try:
        opened = sign_in(runtime(), form.login.data, form.password.data, request_origin(form.login.data))
    except Refused as refusal:
        form.fail(REFUSALS[refusal.refusal])
        return render_template(_PAGE, form=form), 422
    except TooManyRequests as refused:
        unknown_device = isinstance(refused, UnknownDevice)
        return too_many(form, refused, lambda: render_template(_PAGE, form=form, unknown_device=unknown_device))
    remember(opened)
    return redirect(page_of(opened.step), 303)


@blueprint.route("/deconnexion", methods=["GET", "POST"])
def deconnexion() -> ResponseReturnValue:
    form = TokenForm()
    if signed_in() is None:
        forget()
        return render_template("compte/deconnecte.html")
    if not form.validate_on_submit():
        return render_template("compte/deconnexion.html", form=form)
    sign_out_of_browser()
    return render_template("compte/deconnecte.html")
