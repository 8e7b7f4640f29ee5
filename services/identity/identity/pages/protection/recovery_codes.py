"""Shows recovery codes once, when they are created."""

from chassis.problems import Invalid
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from webui.sent_forms import done_at

from identity.domain.first_sign_in import Step
from identity.factors.commands import Enrolled, renew_codes
from identity.pages.forms import ButtonForm
from identity.pages.guards import at_step, recently_proven
from identity.sessions.browser import SignedIn, page_of, runtime

blueprint = Blueprint("recovery_codes", __name__, url_prefix="/compte/securite/codes-de-secours")


@blueprint.route("", methods=["GET", "POST"])
@at_step(Step.DONE)
@recently_proven
def renew(found: SignedIn) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        try:
            codes = renew_codes(runtime(), found.session_id)
        except Invalid as refused:
            form.fail_from(refused.to_json(), {})
        else:
            return _codes_page(codes, "", url_for("security.account"))
    return render_template("compte/protection/nouveaux_codes.html", form=form), 422 if form.errors else 200


def show(found: SignedIn, enrolled: Enrolled, message: str) -> ResponseReturnValue:
    """The page after adding a factor. The codes are in the response only: they are not stored, so not shown again."""
    signing_in = found.step is Step.PROTECTION
    if enrolled.codes:
        following = url_for("sign_in.connexion") if signing_in else url_for("security.account")
        return _codes_page(enrolled.codes, message, following)
    if signing_in:
        # `done_at` points to the sign-in page, which redirects onwards: the final target is a client's request.
        done_at(url_for("sign_in.connexion"))
        return redirect(page_of(enrolled.step), 303)
    flash(message, "success")
    return redirect(url_for("security.account"), 303)


def _codes_page(codes: list[str], message: str, following: str) -> str:
    done_at(following)
    return render_template("compte/protection/codes.html", codes=codes, message=message, following=following)
