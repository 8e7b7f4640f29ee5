"""The four steps after the credentials. A step asked for out of turn changes nothing and leads to the right one."""

from chassis import clock
from chassis.problems import Invalid
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from identity.domain.consents import current
from identity.domain.first_sign_in import Step
from identity.domain.identifiers import normalise_email, normalise_telephone
from identity.factors.held import asked_strength
from identity.pages.current import SignedIn, forget, place_of, runtime
from identity.pages.forms import ConsentForm, InformationForm, OwnPasswordForm, SignInForm
from identity.pages.guards import at_step
from identity.pages.sign_in import REFUSALS
from identity.sign_in.attempt import Refused
from identity.sign_in.steps import Information, accept_text, choose_password, give_information

blueprint = Blueprint("first_sign_in", __name__, url_prefix="/compte/premiere-connexion")
STEPS = ("Identifiants", "Informations", "Mot de passe", "Règles d’usage", "Conditions d’utilisation")


@blueprint.route("/informations", methods=["GET", "POST"])
@at_step(Step.INFORMATION)
def information(found: SignedIn) -> ResponseReturnValue:
    account = found.account
    known = {name: getattr(account, name) for name in ("civility", "last_name", "first_name")}
    form = InformationForm(data={**known, "email": account.contact_email})
    if form.validate_on_submit():
        try:
            return redirect(place_of(give_information(runtime(), found.session_id, _given(form))), 303)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/email": "email"})
    return _page("informations", form, 1)


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@at_step(Step.PASSWORD)
def password(found: SignedIn) -> ResponseReturnValue:
    form = OwnPasswordForm()
    if form.validate_on_submit():
        try:
            return redirect(place_of(choose_password(runtime(), found.session_id, form.password.data)), 303)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/password": "password"})
        except Refused as refused:
            forget()
            again = SignInForm(formdata=None)
            again.fail(REFUSALS[refused.refusal])
            return render_template("compte/connexion.html", form=again), 422
    with runtime().reading() as database:
        min_length = asked_strength(database, found.account.id).min_length
    return _page("mot_de_passe", form, 2, min_length=min_length, login=found.account.login)


@blueprint.route("/regles-usage", methods=["GET", "POST"])
@at_step(Step.USAGE_RULES)
def usage_rules(found: SignedIn) -> ResponseReturnValue:
    return _consent(found, Step.USAGE_RULES, 3)


@blueprint.route("/conditions-utilisation", methods=["GET", "POST"])
@at_step(Step.TERMS)
def terms(found: SignedIn) -> ResponseReturnValue:
    return _consent(found, Step.TERMS, 4)


def _consent(found: SignedIn, step: Step, position: int) -> ResponseReturnValue:
    text = current(step, clock.today())
    form = ConsentForm(data={"version": text.version})
    form.accepted.label.text = f"J’ai lu et j’accepte les {text.title[0].lower()}{text.title[1:]}"
    if form.validate_on_submit():
        shown = form.version.data or ""
        try:
            # Compared as text: Python refuses to read a number of thousands of digits.
            version = text.version if shown == str(text.version) else 0
            following = accept_text(runtime(), found.session_id, step, version)
            return redirect(place_of(following), 303)
        except Invalid as refused:
            form.version.data = str(text.version)
            form.fail_from(refused.to_json(), {"/accepted": "accepted"})
    again = found.account.activated_at is not None
    return _page(
        "consentement", form, position, text=text, body=f"compte/textes/{step}_v{text.version}.html", again=again
    )


def _page(
    name: str, form: InformationForm | OwnPasswordForm | ConsentForm, position: int, **values: object
) -> ResponseReturnValue:
    page = render_template(
        f"compte/{name}.html", form=form, steps=STEPS, position=position, path=request.path, **values
    )
    return page, 422 if form.errors else 200


def _given(form: InformationForm) -> Information:
    return Information(
        civility=form.civility.data,
        last_name=form.last_name.data.strip(),
        first_name=(form.first_name.data or "").strip(),
        email=normalise_email(form.email.data) or "",
        function=(form.function.data or "").strip() or None,
        telephone=normalise_telephone(form.telephone.data or ""),
    )
