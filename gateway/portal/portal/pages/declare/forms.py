"""The forms of the steps: one field per declared field, which holds what the person typed; the service validates it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from webui.forms import FrenchDateField, PageForm, choices
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField

from portal.api_types.declaration.declarations import DeclaredField
from portal.api_types.declaration.shared import Draft
from portal.clients import api
from portal.forms import IdempotentForm, YesNoField, lines_of, whole_number


class AmountField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """Euros, as typed."""


class StepForm(PageForm):
    """`etag` is the version the page was built from, so that someone else's later change is not overwritten."""

    etag = HiddenField()
    step = ""
    questions: ClassVar[Sequence[DeclaredField]] = ()
    # JSON pointer of the service -> field.
    pointers: ClassVar[dict[str, str]] = {}

    def change(self) -> Mapping[str, object]:
        """The step's values for the service; None where nothing was typed."""
        return {question["name"]: ANSWERS[question["kind"]](self[question["name"]]) for question in self.questions}


def step_form(step: str) -> type[StepForm]:
    """The form of a step, from the fields that the service declares."""
    questions = declared(step)
    fields: dict[str, Field] = {question["name"]: INPUTS[question["kind"]](question) for question in questions}
    pointers = {f"/{step}/{name}": name for name in fields}
    return type(
        f"{step.title()}Form", (StepForm,), {"step": step, "questions": questions, "pointers": pointers, **fields}
    )


def declared(step: str) -> list[DeclaredField]:
    """The fields of a step, in the order of its form."""
    return [field for field in api().declaration.fields() if field["step"] == step]


def stored_step(draft: Draft, step: str) -> Mapping[str, Any]:
    """What is saved of a step, by the names of its declared fields; empty before."""
    return cast(Mapping[str, Mapping[str, Any] | None], draft)[step] or {}


def number(question: DeclaredField) -> StringField:
    message = f"Saisissez un nombre entier, par exemple {question['example']}"
    return StringField(question["question"], [whole_number(message)])


def choice(question: DeclaredField) -> RadioField:
    labels = {option["value"]: option["label"] for option in question["options"]}
    return RadioField(question["question"], choices=choices(labels), validate_choice=False)


INPUTS: dict[str, Callable[[DeclaredField], Field]] = {
    "text": lambda question: StringField(question["question"]),
    "commune": lambda question: StringField(question["question"]),
    "address": lambda question: TextAreaField(question["question"]),
    "flag": lambda question: YesNoField(question["question"]),
    "agreement": lambda question: BooleanField(question["question"]),
    "day": lambda question: FrenchDateField(question["question"]),
    "amount": lambda question: AmountField(question["question"]),
    "number": number,
    "choice": choice,
}


def typed(field: StringField) -> str | None:
    """The text as typed, None when empty."""
    return (field.data or "").strip() or None


def iso(field: FrenchDateField) -> str | None:
    """`2026-07-15`, None when empty."""
    return field.data.isoformat() if field.data else None


def whole(field: StringField) -> int | None:
    text = (field.data or "").strip()
    return int(text) if text.isdigit() else None


ANSWERS: dict[str, Callable[[Any], Any]] = {
    "text": typed,
    "commune": typed,
    "address": lambda field: lines_of(field.data) or None,
    "flag": lambda field: field.answer,
    # An unticked box is an unanswered question, not a « no ».
    "agreement": lambda field: True if field.data else None,
    "day": iso,
    "amount": typed,
    "number": whole,
    "choice": lambda field: field.data or None,
}


class AmendmentForm(IdempotentForm):
    """Why a transmitted declaration is corrected."""

    reason = TextAreaField("Pourquoi rectifiez-vous cette déclaration\u00a0?")
