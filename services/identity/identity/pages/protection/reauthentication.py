"""« Confirmez que c’est vous »: repeats the full sign-in proof before a change to the account's protection."""

from chassis.problems import TooManyRequests
from flask import Blueprint, Response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import Step
from identity.factors.challenges import Ceremony
from identity.factors.queries import enrolled, keys_of
from identity.factors.webauthn import BadAnswer, request_options
from identity.pages.forms import PasskeyForm, ProofForm
from identity.pages.guards import at_step, too_many
from identity.pages.protection.ceremonies import REFUSED, given_challenge, start
from identity.sessions.browser import SignedIn, runtime
from identity.sign_in.second_step import WrongCode, prove_again, prove_again_by_passkey

blueprint = Blueprint("proof", __name__, url_prefix="/compte/securite/verification")

WRONG = "Le mot de passe ou le code n’est pas le bon, ou le code a déjà servi. Vérifiez les deux."
_STEPS = (Step.PROTECTION, Step.DONE)


@blueprint.route("", methods=["GET", "POST"])
@at_step(*_STEPS)
def prove(found: SignedIn) -> ResponseReturnValue:
    form = ProofForm()
    if not form.validate_on_submit():
        return _page(found, form), 422 if form.errors else 200
    try:
        prove_again(runtime(), found.session_id, found.account, form.password.data, form.code.data or "")
    except WrongCode:
        form.fail(WRONG)
        return _page(found, form), 422
    except TooManyRequests as refused:
        return too_many(form, refused, lambda: _page(found, form))
    return _back()


@blueprint.post("/cle-acces/demande")
@at_step(*_STEPS)
def ask_key(found: SignedIn) -> Response:
    with runtime().read_only() as database:
        mine = keys_of(database, found.account.id)
    return start(Ceremony.PROOF, lambda party, challenge: request_options(party, mine, challenge))


@blueprint.post("/cle-acces")
@at_step(*_STEPS)
def by_key(found: SignedIn) -> ResponseReturnValue:
    sent, form = PasskeyForm(), ProofForm(formdata=None)
    try:
        if not sent.validate_on_submit():
            raise BadAnswer("form")
        prove_again_by_passkey(runtime(), found.session_id, found.account.id, given_challenge(), sent.credential.data)
    except BadAnswer:
        form.fail(REFUSED)
        return _page(found, form), 422
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(session.pop("after_proof", url_for("security.account")), 303)


def _page(found: SignedIn, form: ProofForm) -> str:
    with runtime().read_only() as database:
        owned = enrolled(database, found.account)
    return render_template("compte/protection/verification.html", form=form, factors=owned, login=found.account.login)
