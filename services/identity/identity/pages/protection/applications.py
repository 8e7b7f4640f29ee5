"""Adding and removing an authenticator application."""

from io import BytesIO

import segno
from chassis.problems import Invalid
from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from identity.domain.first_sign_in import Step
from identity.domain.totp import setup_address, spelled
from identity.factors import totp
from identity.factors.commands import enrol_totp, remove_totp
from identity.factors.webauthn import NAME
from identity.pages.forms import ButtonForm, FactorCodeForm
from identity.pages.guards import at_step, recently_proven
from identity.pages.protection.recovery_codes import show
from identity.sessions.browser import SignedIn, runtime, settings

blueprint = Blueprint("applications", __name__, url_prefix="/compte/securite/application")


@blueprint.route("", methods=["GET", "POST"])
@at_step(Step.PROTECTION, Step.DONE)
@recently_proven
def add(found: SignedIn) -> ResponseReturnValue:
    form = FactorCodeForm()
    sealed = session.get("totp_offer", "")
    secret = totp.open_secret(settings(), sealed, found.account.id)
    if secret is None or not form.is_submitted():
        return _page(found, FactorCodeForm(formdata=None), _new_secret(found))
    if form.validate_on_submit():
        try:
            enrolled = enrol_totp(runtime(), found.session_id, found.account.id, sealed, form.code.data)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/code": "code"})
        else:
            session.pop("totp_offer", None)
            return show(found, enrolled, "Votre application d’authentification est enregistrée.")
    return _page(found, form, secret), 422


@blueprint.route("/retrait", methods=["GET", "POST"])
@at_step(Step.DONE)
@recently_proven
def remove(found: SignedIn) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        try:
            with runtime().transaction() as database:
                remove_totp(database, found.account.id)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {})
        else:
            flash("Votre application d’authentification est retirée.", "success")
            return redirect(url_for("security.account"), 303)
    page = render_template("compte/protection/retrait.html", form=form, what="application d’authentification")
    return page, 422 if form.errors else 200


def _new_secret(found: SignedIn) -> str:
    """A new secret each time the page is opened: one shown but not confirmed is never stored."""
    session["totp_offer"] = totp.offer(settings(), found.account.id)
    return totp.open_secret(settings(), session["totp_offer"], found.account.id) or ""


def _page(found: SignedIn, form: FactorCodeForm, secret: str) -> str:
    address = setup_address(secret, found.account.login, NAME)
    return render_template(
        "compte/protection/application.html", form=form, secret=spelled(secret), qr=_qr(address), step=found.step
    )


def _qr(address: str) -> Markup:
    drawing = BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", scale=5, border=4, light="#fff", xmldecl=False, svgns=False, svgclass=None, lineclass=None
    )
    return Markup(drawing.getvalue().decode())  # noqa: S704 - drawn here, from an address made here
