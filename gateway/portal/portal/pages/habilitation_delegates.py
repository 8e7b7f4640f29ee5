"""Delegates: the administrator designates them, changes their groups, and withdraws them."""

from typing import ClassVar
from uuid import UUID

from chassis.texts import full_name
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.forms import choices
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from portal import layout
from portal.api_types.habilitation import NewDelegation, User
from portal.clients import api
from portal.clients.errors import Refused
from portal.forms import IdempotentForm
from portal.pages.habilitation import organisation, pages
from portal.pages.habilitation_users import WithdrawalForm, the_user
from portal.sign_in.person import login_required

EXTENTS = {"all": "Tous ses groupes, et ceux qui lui seront donnés plus tard", "some": "Seulement certains groupes"}


class DelegationForm(IdempotentForm):
    """All the groups that the user holds, or some of them."""

    extent = RadioField("Groupes confiés", [InputRequired("Choisissez les groupes confiés")], choices=choices(EXTENTS))
    groups = SelectMultipleField("Groupes, si vous n’en confiez que certains", validate_choice=False)
    reason = StringField("Motif (facultatif)", [Length(max=300, message="Le motif compte 300 caractères au plus.")])
    pointers: ClassVar[dict[str, str]] = {"/groups": "groups", "/reason": "reason"}

    def as_delegation(self) -> NewDelegation:
        """The body for the service."""
        everything, reason = self.extent.data == "all", (self.reason.data or "").strip()
        groups = [] if everything else list(self.groups.data or [])
        body: NewDelegation = {"all_groups": everything, "groups": groups}
        return {**body, "reason": reason} if reason else body


def _form_of(user: User) -> DelegationForm:
    """Only groups that the user holds can be ticked; currently delegated ones are ticked."""
    labels = {group["id"]: group["label"] for group in api().habilitation.list_groups(organisation())}
    current = user["delegation"] or {"all_groups": False, "groups": []}
    extent = "all" if current["all_groups"] else "some" if current["groups"] else None
    form = DelegationForm(data={"extent": extent, "groups": current["groups"]})
    form.groups.choices = choices({held: labels[held] for held in user["groups"] if held in labels})
    return form


@pages.route("/utilisateurs/<uuid:account_id>/delegation", methods=["GET", "POST"])
@login_required("landlord")
def delegation(account_id: UUID) -> ResponseReturnValue:
    """The user is notified by e-mail, and the delegation takes effect at once."""
    user = _delegable(account_id)
    form = _form_of(user)
    if request.method == "POST" and form.validate():
        try:
            api().habilitation.designate(organisation(), str(account_id), form.as_delegation(), form.key.data or "")
        except Refused as error:
            if error.status not in (400, 422):
                raise
            form.fail_from(error.problem, form.pointers)
        else:
            flash(f"{full_name(user['first_name'], user['last_name'])} est responsable d’habilitation.", "success")
            return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/delegation.html", user=user, form=form), 422 if form.errors else 200


@pages.route("/utilisateurs/<uuid:account_id>/delegation/retrait", methods=["GET", "POST"])
@login_required("landlord")
def withdraw_delegation(account_id: UUID) -> ResponseReturnValue:
    """The user keeps their own access."""
    user, form = _delegable(account_id), WithdrawalForm()
    if user["delegation"] is None:
        abort(404)
    if form.validate_on_submit():
        reason = (form.reason.data or "").strip() or None
        api().habilitation.withdraw_delegate(organisation(), str(account_id), reason, form.key.data or "")
        flash(f"{full_name(user['first_name'], user['last_name'])} n’est plus responsable d’habilitation.", "success")
        return redirect(url_for("habilitation.index"), 303)
    return render_template("habilitation/withdraw_delegation.html", user=user, form=form), 422 if form.errors else 200


def _delegable(account_id: UUID) -> User:
    if layout.access().get("role") != "administrator":
        abort(404)
    return the_user(account_id)
