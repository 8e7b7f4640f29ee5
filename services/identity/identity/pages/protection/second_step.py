"""The second step of a sign-in, and the sign-in by passkey alone."""

from chassis.problems import TooManyRequests
from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import FACTOR_STEPS, Step
from identity.factors.challenges import Ceremony
from identity.factors.queries import enrolled, keys_of
from identity.factors.webauthn import BadAnswer, request_options
from identity.pages.forms import FactorCodeForm, PasskeyForm, SignInForm
from identity.pages.guards import at_step, too_many
from identity.pages.protection.ceremonies import REFUSED, given_challenge, start
from identity.pages.sign_in import REFUSALS
from identity.sessions.browser import SignedIn, page_of, remember, request_origin, runtime
from identity.sessions.commands import Opened
from identity.sign_in.password_login import Refused
from identity.sign_in.second_step import WrongCode, second_step_by_code, second_step_by_passkey, sign_in_by_passkey
from identity.throttling.attempts import UnknownDevice

blueprint = Blueprint("second_step", __name__, url_prefix="/compte/connexion")

WRONG = "Ce code n’est pas le bon, ou il a déjà servi. Attendez le code suivant, puis saisissez-le."


@blueprint.post("/cle-acces/demande")
def ask_key() -> ResponseReturnValue:
    return start(Ceremony.SIGN_IN, lambda party, challenge: request_options(party, (), challenge))


@blueprint.post("/cle-acces")
def by_key() -> ResponseReturnValue:
    form = PasskeyForm()
    answered = form.validate_on_submit()
    try:
        if not answered:
            raise BadAnswer("form")
        opened = sign_in_by_passkey(runtime(), given_challenge(), form.credential.data, request_origin())
    except (BadAnswer, Refused) as refused:
        again = SignInForm(formdata=None)
        again.fail(REFUSALS[refused.refusal] if isinstance(refused, Refused) else REFUSED)
        return render_template("compte/connexion.html", form=again), 422
    remember(opened)
    return redirect(page_of(opened.step), 303)


@blueprint.route("/seconde-verification", methods=["GET", "POST"])
@at_step(*FACTOR_STEPS)
def second_factor(found: SignedIn) -> ResponseReturnValue:
    form = FactorCodeForm()
    if not form.validate_on_submit():
        return _page(found, form), 422 if form.errors else 200
    try:
        origin = request_origin(found.account.login)
        step = second_step_by_code(runtime(), found.session_id, found.account, form.code.data, origin)
    except WrongCode:
        form.fail(WRONG, "code")
        return _page(found, form), 422
    except TooManyRequests as refused:
        unknown_device = isinstance(refused, UnknownDevice)
        return too_many(form, refused, lambda: _page(found, form, unknown_device=unknown_device))
    return _enter(found, step)


@blueprint.post("/seconde-verification/cle-acces/demande")
@at_step(*FACTOR_STEPS)
def ask_own_key(found: SignedIn) -> Response:
    with runtime().read_only() as database:
        mine = keys_of(database, found.account.id)
    return start(Ceremony.SECOND_FACTOR, lambda party, challenge: request_options(party, mine, challenge))


@blueprint.post("/seconde-verification/cle-acces")
@at_step(*FACTOR_STEPS)
def by_own_key(found: SignedIn) -> ResponseReturnValue:
    sent, form = PasskeyForm(), FactorCodeForm(formdata=None)
    try:
        if not sent.validate_on_submit():
            raise BadAnswer("form")
        step = second_step_by_passkey(
            runtime(), found.session_id, found.account.id, given_challenge(), sent.credential.data
        )
    except BadAnswer:
        form.fail(REFUSED)
        return _page(found, form), 422
    return _enter(found, step)


def _enter(found: SignedIn, step: Step) -> ResponseReturnValue:
    """Gives the browser's session a new identifier, since its privileges have increased."""
    remember(Opened(found.session_id, step))
    return redirect(page_of(step), 303)


def _page(found: SignedIn, form: FactorCodeForm, *, unknown_device: bool = False) -> str:
    with runtime().read_only() as database:
        owned = enrolled(database, found.account)
    shown = {"form": form, "factors": owned, "unknown_device": unknown_device}
    return render_template("compte/protection/seconde_verification.html", **shown)
