"""Steps 1 to 3: GET shows the current values, POST saves and redirects to the next step (303) or shows errors (422)."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict, cast

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from webui.kept_forms import kept_form

from portal.api_types.declaration.declarations import DeclaredField
from portal.api_types.declaration.shared import Declaration, DeclarationKnown, Draft
from portal.clients import api
from portal.clients.errors import Refused
from portal.clients.http import Answer
from portal.pages.declare import conflict
from portal.pages.declare.blueprint import pages
from portal.pages.declare.forms import StepForm, declared, step_form, stored_step
from portal.pages.declare.journey import day, french_amount, heading, is_editable, next_address, reported
from portal.sign_in.person import login_required


class Known(TypedDict):
    """What a step starts from."""

    draft: Draft
    known: DeclarationKnown
    commune_name: str


class Step(NamedTuple):
    """`next` is the following endpoint."""

    place: int
    name: str
    next: str


def values(step: str, declaration: Known) -> dict[str, object]:
    """A form's initial values: what was saved, else what may be prefilled."""
    stands = stored_step(declaration["draft"], step) or prefilled(step, declaration)
    return {field["name"]: initial(field, stands.get(field["name"]), declaration) for field in declared(step)}


def prefilled(step: str, declaration: Known) -> Mapping[str, Any]:
    """What the Caf knows; of the rent only whether the dwelling is furnished: last year’s is shown, never prefilled."""
    if step == "rent":
        verified = declaration["draft"]["information"] or declaration["known"]["information"]
        return {"furnished": verified["furnished"]}
    # A step is read by the names of its declared fields.
    return cast(Mapping[str, Mapping[str, Any]], declaration["known"])[step]


def initial(field: DeclaredField, value: Any, declaration: Known) -> object:
    """A stored value as its form shows it."""
    if field["kind"] == "commune":
        return declaration["commune_name"]
    if field["kind"] == "address":
        return "\n".join(value or [])
    if field["kind"] == "day":
        return day(value)
    if field["kind"] == "amount":
        return french_amount(value)
    return str(value) if field["kind"] == "number" and value is not None else value


TABLE = {
    "informations": Step(0, "information", "declare.situation"),
    "situation": Step(1, "situation", "declare.loyer"),
    "loyer": Step(2, "rent", "declare.synthese"),
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
    form = step_form(step.name)()
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
    return step_form(step.name)(formdata=None, data={**values(step.name, read.body), "etag": read.etag})


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
