"""One user of the organisation: resend credentials, withdraw access; both ask for confirmation."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from portal.api_types.habilitation import User
from portal.clients import api
from portal.forms import BlankForm, IdempotentForm
from portal.pages.habilitation import organisation, pages
from portal.sign_in.person import login_required


class WithdrawalForm(IdempotentForm):
    """The reason, for the journal."""

    reason = StringField("Motif (facultatif)", [Length(max=300, message="Le motif compte 300 caractères au plus.")])


def the_user(account_id: UUID) -> User:
    """A user on whom the person signed in may act; the service decides that."""
    users = {user["account_id"]: user for user in api().habilitation.list_users(organisation())}
    user = users.get(str(account_id))
    if user is None or not user["manageable"]:
        abort(404)
    return user


@pages.route("/utilisateurs/<uuid:account_id>/identifiants", methods=["GET", "POST"])
@login_required("landlord")
def send_credentials(account_id: UUID) -> ResponseReturnValue:
    """E-mails a new provisional password to the user; the requester does not see it."""
    user, form = the_user(account_id), BlankForm()
    if form.validate_on_submit():
        api().habilitation.send_credentials(organisation(), str(account_id), form.key.data or "")
        flash("L’identifiant et un nouveau mot de passe provisoire partent à l’utilisateur.", "success")
        return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/send_credentials.html", user=user, form=form)


@pages.route("/utilisateurs/<uuid:account_id>/retrait", methods=["GET", "POST"])
@login_required("landlord")
def withdraw(account_id: UUID) -> ResponseReturnValue:
    """Rights end at once, and the account is closed."""
    user, form = the_user(account_id), WithdrawalForm()
    if form.validate_on_submit():
        reason = (form.reason.data or "").strip() or None
        api().habilitation.withdraw_user(organisation(), str(account_id), reason, form.key.data or "")
        flash("L’utilisateur est retiré. Son compte est fermé.", "success")
        return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/withdraw.html", user=user, form=form), 422 if form.errors else 200
