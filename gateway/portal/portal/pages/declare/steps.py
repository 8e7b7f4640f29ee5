"""Steps 1 to 3: GET shows the current values, POST saves and redirects to the next step (303) or shows errors (422)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypedDict

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.kept_forms import kept_form

from portal.api_types.declaration.shared import Declaration, DeclarationKnown, Draft, DraftSituation
from portal.clients import api
from portal.clients.errors import Refused
from portal.clients.http import Answer
from portal.pages.declare import conflict
from portal.pages.declare.blueprint import pages
from portal.pages.declare.forms import InformationForm, RentForm, SituationForm, StepForm
from portal.pages.declare.journey import day, french_amount, heading, is_editable, next_address, reported
from portal.sign_in.person import login_required


class Known(TypedDict):
    """What a step starts from."""

    draft: Draft
    known: DeclarationKnown
    commune_name: str


class Step(NamedTuple):
    """`filled` gives a form's initial values; `next` is the following endpoint."""

    place: int
    form: type[StepForm]
    filled: Callable[[Known], Mapping[str, object]]
    next: str


def information(declaration: Known) -> Mapping[str, object]:
    """The draft, else what the Caf knows."""
    stands = declaration["draft"]["information"] or declaration["known"]["information"]
    return {
        **stands,
        "address": "\n".join(stands["address"]),
        "commune_insee": declaration["commune_name"],
        "lease_start": day(stands["lease_start"]),
    }


def situation(declaration: Known) -> Mapping[str, object]:
    """The draft, else only the number of co-tenants known to the Caf; nothing else is prefilled."""
    known = declaration["known"]["situation"]["co_tenants"]
    stands: DraftSituation = declaration["draft"]["situation"] or {"co_tenants": known}
    return {
        **stands,
        "co_tenants": str(stands["co_tenants"]),
        "new_address": "\n".join(stands.get("new_address") or []),
        "left_on": day(stands.get("left_on")),
        "arrears_amount": french_amount(stands.get("arrears_amount")),
        "first_default_on": day(stands.get("first_default_on")),
    }


def rent(declaration: Known) -> Mapping[str, object]:
    """The draft, else only whether the dwelling is furnished: last year's rent is shown, never prefilled."""
    stands = declaration["draft"]["rent"]
    if not stands:
        verified = declaration["draft"]["information"] or declaration["known"]["information"]
        return {"furnished": verified["furnished"]}
    return {**stands, "rent": french_amount(stands["rent"]), "charges": french_amount(stands["charges"])}


TABLE = {
    "informations": Step(0, InformationForm, information, "declare.situation"),
    "situation": Step(1, SituationForm, situation, "declare.loyer"),
    "loyer": Step(2, RentForm, rent, "declare.synthese"),
}


def run(name: str, declaration_id: str) -> ResponseReturnValue:
    """Runs any of the steps."""
    step = TABLE[name]
    read = api().declaration.get(declaration_id)
    if request.method == "GET" and kept_form() is None:
        if not is_editable(read.body):
            return redirect(next_address(read.body), 303)
        return show(name, read, filled(step, read))
    # Submitted now, or restored after it expired.
    form = step.form()
    if not is_editable(read.body):
        return conflict.page(read, form, filled(step, read), request.path), 409
    if request.method == "GET" or conflict.revised(form):
        return show(name, read, form)
    if not form.validate():
        return show(name, read, form), 422
    try:
        api().declaration.save(declaration_id, {form.step: form.change()}, form.etag.data or read.etag)
    except Refused as error:
        return not_saved(error, name, form, declaration_id)
    return redirect(url_for(step.next, declaration=declaration_id), 303)


def filled(step: Step, read: Answer[Declaration]) -> StepForm:
    """The form with its initial values."""
    return step.form(formdata=None, data={**step.filled(read.body), "etag": read.etag})


def not_saved(error: Refused, name: str, form: StepForm, declaration_id: str) -> ResponseReturnValue:
    """The service's errors on the fields; or both versions, when somebody saved since the page was built."""
    if error.status not in (409, 412, 422):
        raise error
    read = api().declaration.get(declaration_id)
    if error.status != 422:
        why = error.detail if error.status == 409 else ""
        return conflict.page(read, form, filled(TABLE[name], read), request.path, why), 409
    form.fail_from(error.problem, form.pointers)
    return show(name, read, form), 422


def show(name: str, read: Answer[Declaration], form: StepForm) -> str:
    """The page of the step."""
    more = {**heading(read.body), **(reported(read.body) if name == "informations" else {})}
    return render_template(f"declare/{name}.html", form=form, index=TABLE[name].place, **more)


@pages.route("/<uuid:declaration>/informations", methods=["GET", "POST"])
@login_required("landlord")
def informations(declaration: Any) -> ResponseReturnValue:
    """Step 1."""
    return run("informations", str(declaration))


@pages.route("/<uuid:declaration>/situation", methods=["GET", "POST"], endpoint="situation")
@login_required("landlord")
def situation_page(declaration: Any) -> ResponseReturnValue:
    """Step 2."""
    return run("situation", str(declaration))


@pages.route("/<uuid:declaration>/loyer", methods=["GET", "POST"])
@login_required("landlord")
def loyer(declaration: Any) -> ResponseReturnValue:
    """Step 3."""
    return run("loyer", str(declaration))


@pages.get("/<uuid:declaration>")
@login_required()
def resume(declaration: Any) -> ResponseReturnValue:
    """A line of the list leads to its first incomplete step."""
    return redirect(next_address(api().declaration.get(str(declaration)).body), 303)
