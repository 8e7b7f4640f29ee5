"""The four steps after the credentials, and the confirmation of the typed e-mail address.

Requesting a step out of order changes nothing and redirects to the current one.
"""

from chassis import clock
from chassis.problems import Invalid, TooManyRequests
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.domain.consents import current
from identity.domain.first_sign_in import Step
from identity.domain.identifiers import normalise_email, normalise_telephone
from identity.pages.forms import (
    CodeForm,
    ConsentForm,
    EmailForm,
    InformationForm,
    OwnPasswordForm,
    SignInForm,
    TokenForm,
)
from identity.pages.guards import at_step, too_many
from identity.pages.sign_in import REFUSALS
from identity.sessions.browser import SignedIn, forget, page_of, runtime
from identity.sessions.protection import required_strength
from identity.sign_in.password_login import Refused
from identity.sign_in.steps import (
    Information,
    accept_text,
    choose_password,
    confirm_email,
    give_information,
    postpone_email,
    send_code_again,
)

blueprint = Blueprint("first_sign_in", __name__, url_prefix="/compte/premiere-connexion")
STEPS = ("Identifiants", "Informations", "Mot de passe", "Règles d’usage", "Conditions d’utilisation")


@blueprint.route("/informations", methods=["GET", "POST"])
@at_step(Step.INFORMATION)
def information(found: SignedIn) -> ResponseReturnValue:
    account = found.account
    known = {name: getattr(account, name) for name in ("civility", "last_name", "first_name")}
    form = InformationForm(data={**known, "email": account.contact_email})
    if form.validate_on_submit():
        given = _given(form)
        step = give_information(runtime(), found.session_id, given)
        # The same message whoever owns the address.
        flash(f"Un code est envoyé à {given.email}. Il vous sera demandé à la fin.", "success")
        return redirect(page_of(step), 303)
    return _page("informations", form, 1)


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@at_step(Step.PASSWORD)
def password(found: SignedIn) -> ResponseReturnValue:
    form = OwnPasswordForm()
    if form.validate_on_submit():
        try:
            return redirect(page_of(choose_password(runtime(), found.session_id, form.password.data)), 303)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/password": "password"})
        except Refused as refused:
            forget()
            again = SignInForm(formdata=None)
            again.fail(REFUSALS[refused.refusal])
            return render_template("compte/connexion.html", form=again), 422
    with runtime().read_only() as database:
        min_length = required_strength(database, found.account.id).min_length
    return _page("mot_de_passe", form, 2, min_length=min_length, login=found.account.login)


@blueprint.route("/regles-usage", methods=["GET", "POST"])
@at_step(Step.USAGE_RULES)
def usage_rules(found: SignedIn) -> ResponseReturnValue:
    return _consent(found, Step.USAGE_RULES, 3)


@blueprint.route("/conditions-utilisation", methods=["GET", "POST"])
@at_step(Step.TERMS)
def terms(found: SignedIn) -> ResponseReturnValue:
    return _consent(found, Step.TERMS, 4)


@blueprint.route("/courriel", methods=["GET", "POST"])
@at_step(Step.EMAIL)
def email(found: SignedIn) -> ResponseReturnValue:
    form = CodeForm()
    if form.validate_on_submit():
        try:
            return redirect(page_of(confirm_email(runtime(), found.session_id, form.code.data)), 303)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/code": "code"})
    return _email_page(found, form, EmailForm(formdata=None, data={"email": found.account.unconfirmed_email}))


@blueprint.post("/courriel/code")
@at_step(Step.EMAIL)
def another_code(found: SignedIn) -> ResponseReturnValue:
    form, code = EmailForm(), CodeForm(formdata=None)
    if form.validate_on_submit():
        try:
            send_code_again(runtime(), found.session_id, normalise_email(form.email.data) or "")
        except TooManyRequests as refused:
            return too_many(code, refused, lambda: _email_page(found, code, form)[0])
        return redirect(url_for("first_sign_in.email"), 303)
    return _email_page(found, code, form)


@blueprint.post("/courriel/plus-tard")
@at_step(Step.EMAIL)
def email_later(found: SignedIn) -> ResponseReturnValue:
    step = postpone_email(runtime(), found.session_id) if TokenForm().validate_on_submit() else Step.EMAIL
    return redirect(page_of(step), 303)


def _email_page(found: SignedIn, form: CodeForm, again: EmailForm) -> tuple[str, int]:
    shown = {"form": form, "again": again, "address": found.account.unconfirmed_email, "path": request.path}
    return render_template("compte/courriel.html", **shown), 422 if form.errors or again.errors else 200


def _consent(found: SignedIn, step: Step, position: int) -> ResponseReturnValue:
    text = current(step, clock.today())
    form = ConsentForm(data={"version": text.version})
    form.accepted.label.text = f"J’ai lu et j’accepte les {text.title[0].lower()}{text.title[1:]}"
    if form.validate_on_submit():
        shown = form.version.data or ""
        try:
            # Compared as text: int() refuses numbers of thousands of digits.
            version = text.version if shown == str(text.version) else 0
            following = accept_text(runtime(), found.session_id, step, version)
            return redirect(page_of(following), 303)
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
