"""Adding and removing passkeys."""

from uuid import UUID

from chassis.problems import Invalid, NotFound
from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.factors.challenges import Ceremony
from identity.factors.commands import enrol_passkey, remove_passkey
from identity.factors.queries import keys_of
from identity.factors.webauthn import BadAnswer, creation_options
from identity.pages.forms import ButtonForm, NewPasskeyForm
from identity.pages.guards import at_step, recently_proven
from identity.pages.protection.ceremonies import REFUSED, given_challenge, start
from identity.pages.protection.recovery_codes import show
from identity.sessions.browser import SignedIn, runtime

blueprint = Blueprint("keys", __name__, url_prefix="/compte/securite/cles-acces")


@blueprint.post("/demande")
@at_step(Step.PROTECTION, Step.DONE)
@recently_proven
def ask_new(found: SignedIn) -> Response:
    with runtime().read_only() as database:
        mine = keys_of(database, found.account.id)
    return start(
        Ceremony.REGISTRATION, lambda party, challenge: creation_options(party, found.account, mine, challenge)
    )


@blueprint.route("", methods=["GET", "POST"])
@at_step(Step.PROTECTION, Step.DONE)
@recently_proven
def add(found: SignedIn) -> ResponseReturnValue:
    form = NewPasskeyForm()
    if form.validate_on_submit():
        try:
            enrolled = enrol_passkey(
                runtime(),
                found.session_id,
                found.account.id,
                given_challenge(),
                form.credential.data,
                form.name.data.strip(),
            )
        except BadAnswer:
            form.fail(REFUSED)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/name": "name"})
        else:
            return show(found, enrolled, "Votre clé d’accès est enregistrée.")
    page = render_template("compte/protection/cle_acces.html", form=form, step=found.step)
    return page, 422 if form.errors else 200


@blueprint.route("/<uuid:passkey_id>/retrait", methods=["GET", "POST"])
@at_step(Step.DONE)
@recently_proven
def remove(found: SignedIn, passkey_id: UUID) -> ResponseReturnValue:
    form = ButtonForm()
    with runtime().read_only() as database:
        key = next((one for one in keys_of(database, found.account.id) if one.id == passkey_id), None)
    if key is None:
        raise NotFound
    if form.validate_on_submit():
        try:
            with runtime().transaction() as database:
                remove_passkey(database, found.account.id, passkey_id)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {})
        else:
            flash("Votre clé d’accès est retirée.", "success")
            return redirect(url_for("security.account"), 303)
    page = render_template("compte/protection/retrait.html", form=form, what=f"clé d’accès «\u00a0{key.name}\u00a0»")
    return page, 422 if form.errors else 200
