"""The forms of an attestation: the three steps on one page, as on the paper sheet."""

from collections.abc import Mapping
from typing import Any

from webui.forms import FrenchDateField, PageForm
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.api_types.declaration.paper import Paper
from portal.forms import IdempotentForm
from portal.pages.declare import steps
from portal.pages.declare.forms import StepForm, iso, step_form
from portal.pages.declare.journey import day

DAYS = {"/received_on": "received_on", "/posted_on": "posted_on"}
PRINTED = ("user_number", "tenant_number")
BEGINNING = {**DAYS, **{f"/{name}": name for name in PRINTED}}
NO_POSTMARK = "Cachet illisible, ou attestation déposée à l’accueil"


class EnvelopeForm(PageForm):
    """The dates of an envelope. The postmark decides whether it is late, so its absence must be ticked explicitly."""

    received_on = FrenchDateField("Date de réception")
    posted_on = FrenchDateField("Date du cachet de la poste")
    no_postmark = BooleanField(NO_POSTMARK)

    def validate_posted_on(self, field: FrenchDateField) -> None:
        """Requires the date or the box."""
        empty = not any(field.parts.values())
        if empty and not self.no_postmark.data:
            raise ValidationError(f"Saisissez la date du cachet de la poste, ou cochez «\u00a0{NO_POSTMARK}\u00a0»")
        if not empty and self.no_postmark.data:
            raise ValidationError("Laissez cette date vide, ou décochez la case qui la suit")

    def days(self) -> dict[str, str | None]:
        """The dates for the service."""
        return {"received_on": iso(self.received_on) or "", "posted_on": iso(self.posted_on)}


class BeginForm(EnvelopeForm, IdempotentForm):
    """The two numbers printed on the attestation, and the dates of its envelope."""

    user_number = StringField("N°\u00a0d’utilisateur du bailleur")
    tenant_number = StringField("N°\u00a0d’allocataire du locataire")

    def validate_user_number(self, field: StringField) -> None:
        """Both numbers are needed."""
        if not (field.data or "").strip():
            raise ValidationError(f"Saisissez le {field.label.text}")

    validate_tenant_number = validate_user_number

    def printed(self) -> dict[str, str]:
        """The numbers as typed from the paper."""
        return {name: (self[name].data or "").strip() for name in PRINTED}


class SearchForm(BeginForm):
    """The same form, to find the declaration."""

    # Set once a search finds several.
    declaration = RadioField("Pour quelle déclaration\u00a0?", choices=[], validate_choice=False)


class SheetForm(EnvelopeForm):
    """Fields about the sheet as a whole."""

    etag = HiddenField()


class Sheet:
    """The sheet and its three steps, as one form: fields are named `<étape>-<champ>`."""

    def __init__(self, paper: Paper, etag: str, *, sent: bool) -> None:
        declaration: steps.Known = {
            "draft": paper["draft"],
            "known": paper["declaration"]["known"],
            "commune_name": paper["commune_name"],
        }
        posted_on = day(paper["posted_on"])
        own = {
            "etag": etag,
            "received_on": day(paper["received_on"]),
            "posted_on": posted_on,
            "no_postmark": posted_on is None,
        }
        self.own = SheetForm() if sent else SheetForm(formdata=None, data=own)
        self.information = part("information", declaration, sent)
        self.situation = part("situation", declaration, sent)
        self.rent = part("rent", declaration, sent)
        self.information["confirmed"].label.text = "Ces informations sont celles du bail, corrigées s’il le fallait"
        self.parts: tuple[StepForm, ...] = (self.situation, self.rent, self.information)

    def validate(self) -> bool:
        """Validates all parts, so that all errors are shown together."""
        return all([form.validate() for form in (self.own, *self.parts)])

    def change(self) -> Mapping[str, object]:
        """The body for the service."""
        return {**self.own.days(), **{form.step: form.change() for form in self.parts}}

    def fields(self) -> list[Field]:
        """All input fields, in page order."""
        own = [self.own.received_on, self.own.posted_on, self.own.no_postmark]
        return [*own, *(form[name] for form in self.parts for name in form.pointers.values())]

    def fail_from(self, problem: Mapping[str, Any]) -> None:
        """Puts each error on its field, in whichever part holds it."""
        errors = problem.get("errors") or [{"detail": problem.get("detail") or ""}]
        for error in errors:
            pointer = str(error.get("pointer", ""))
            form = next((one for one in self.parts if pointer.startswith(f"/{one.step}/")), None)
            if form is None:
                self.own.fail_from({"errors": [error]}, DAYS)
            else:
                form.fail_from({"errors": [error]}, form.pointers)

    @property
    def errors(self) -> list[dict[str, str]]:
        return self.error_list()

    def error_list(self) -> list[dict[str, str]]:
        """Errors of all parts, in page order, for the summary."""
        return [error for form in (self.own, *self.parts) for error in form.error_list()]


def part(step: str, declaration: steps.Known, sent: bool) -> StepForm:
    """One step of the sheet; only the sheet's own form holds the CSRF token."""
    kind, prefix, meta = step_form(step), f"{step}-", {"csrf": False}
    if sent:
        return kind(prefix=prefix, meta=meta)
    return kind(formdata=None, data=steps.values(step, declaration), prefix=prefix, meta=meta)


class DiscardForm(IdempotentForm):
    """Why the paper is discarded. `etag`: the attestation as it was shown."""

    etag = HiddenField()
    reason = TextAreaField("Pourquoi écarter cette attestation\u00a0? Le bailleur lira ce motif")
