"""« Mon compte »: the person's details, open sessions and password."""

from chassis.problems import Invalid
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.accounts.passwords import change_password
from identity.domain.first_sign_in import Step
from identity.factors.queries import enrolled
from identity.pages.forms import ChangePasswordForm, TokenForm
from identity.pages.guards import at_step, recently_proven
from identity.sessions.browser import SignedIn, runtime
from identity.sessions.commands import end_own_other_sessions
from identity.sessions.protection import required_strength
from identity.sessions.queries import open_sessions

blueprint = Blueprint("security", __name__, url_prefix="/compte/securite")


@blueprint.get("")
@at_step(Step.DONE)
def account(found: SignedIn) -> ResponseReturnValue:
    with runtime().read_only() as database:
        opened = open_sessions(database, found.account.id)
        owned = enrolled(database, found.account)
    shown = {"account": found.account, "opened": opened, "here": found.session_id, "factors": owned}
    return render_template("compte/securite.html", **shown)


@blueprint.post("/sessions")
@at_step(Step.DONE)
@recently_proven
def end_sessions(found: SignedIn) -> ResponseReturnValue:
    if TokenForm().validate_on_submit():
        with runtime().transaction() as database:
            end_own_other_sessions(database, found.account.id, found.session_id)
        flash("Vos autres sessions sont fermées.", "success")
    return redirect(url_for("security.account"), 303)


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@at_step(Step.DONE)
def password(found: SignedIn) -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            change_password(runtime(), found.account, found.session_id, form.current.data, form.password.data)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/current": "current", "/password": "password"})
        else:
            flash("Votre mot de passe est changé. Vos autres sessions sont fermées.", "success")
            return redirect(url_for("security.account"), 303)
    with runtime().read_only() as database:
        min_length = required_strength(database, found.account.id).min_length
    shown = {"form": form, "min_length": min_length, "login": found.account.login, "path": request.path}
    return render_template("compte/changer_mot_de_passe.html", **shown), 422 if form.errors else 200
