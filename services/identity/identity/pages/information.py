"""« Mes informations »: names, function and telephone change immediately, the e-mail once it is confirmed."""

from chassis.problems import Invalid, TooManyRequests
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from identity.accounts import email_change
from identity.accounts.commands import Personal, correct_information
from identity.accounts.queries import consents
from identity.domain.first_sign_in import Step
from identity.domain.identifiers import normalise_email, normalise_telephone
from identity.pages.forms import CodeForm, EmailChangeForm, PersonalForm
from identity.pages.guards import at_step
from identity.sessions.browser import SignedIn, runtime
from identity.sessions.reauthentication import prove

blueprint = Blueprint("information", __name__, url_prefix="/compte/securite")


@blueprint.route("/informations", methods=["GET", "POST"])
@at_step(Step.DONE)
def personal(found: SignedIn) -> ResponseReturnValue:
    form = PersonalForm(obj=found.account)
    if form.validate_on_submit():
        with runtime().transaction() as database:
            changed = correct_information(database, found.account.id, vars(_given(form)))
        flash("Vos informations sont à jour." if changed else "Rien n’a changé.", "success")
        return redirect(url_for("security.account"), 303)
    with runtime().read_only() as database:
        accepted = consents(database, found.account.id)
    return _page("mes_informations", form, accepted=accepted, account=found.account)


@blueprint.route("/courriel", methods=["GET", "POST"])
@at_step(Step.DONE)
def email(found: SignedIn) -> ResponseReturnValue:
    form = EmailChangeForm(data={"email": found.account.unconfirmed_email})
    if form.validate_on_submit():
        try:
            prove(runtime(), found.account, found.session_id, form.current.data)
            email_change.request_change(runtime(), found.account, normalise_email(form.email.data) or "")
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/current": "current", "/email": "email"})
        except TooManyRequests as too_many:
            form.fail("Il y a eu trop de demandes. Patientez quelques minutes avant de recommencer.")
            return (*_page("changer_courriel", form, account=found.account)[:1], 429, too_many.headers)
        else:
            return redirect(url_for("information.confirmation"), 303)
    return _page("changer_courriel", form, account=found.account)


@blueprint.route("/courriel/confirmation", methods=["GET", "POST"])
@at_step(Step.DONE)
def confirmation(found: SignedIn) -> ResponseReturnValue:
    form = CodeForm()
    if form.validate_on_submit():
        try:
            email_change.confirm_change(runtime(), found.account.id, form.code.data)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {"/code": "code"})
        else:
            flash("Votre adresse courriel est changée. L’ancienne en est avertie.", "success")
            return redirect(url_for("security.account"), 303)
    with runtime().read_only() as database:
        awaited = email_change.pending_change(database, found.account.id)
        address, until = (awaited.email, awaited.expires_at) if awaited else (None, None)
    return _page("confirmer_courriel", form, address=address, until=until)


def _page(name: str, form: PersonalForm | EmailChangeForm | CodeForm, **values: object) -> tuple[str, int]:
    page = render_template(f"compte/{name}.html", form=form, path=request.path, **values)
    return page, 422 if form.errors else 200


def _given(form: PersonalForm) -> Personal:
    return Personal(
        civility=form.civility.data,
        last_name=form.last_name.data.strip(),
        first_name=(form.first_name.data or "").strip(),
        function=(form.function.data or "").strip() or None,
        telephone=normalise_telephone(form.telephone.data or ""),
    )
