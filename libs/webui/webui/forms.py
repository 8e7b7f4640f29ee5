"""Forms with errors in French, at the top of the page and next to the field."""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chassis import texts
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from markupsafe import Markup
from wtforms import Field, FieldList, FormField, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value

from webui.kept_forms import kept_fields
from webui.sent_forms import sending_key
from webui.typography import fr

DATE_PARTS = ("jj", "mm", "aaaa")
KEY_USED = (
    "Un premier envoi de cette page est déjà enregistré, avec d’autres informations. Vérifiez s’il vous convient\u00a0:"
    " sinon, validez de nouveau pour enregistrer aussi celui-ci"
)


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A page's form; errors found elsewhere are attached to their field or to the whole form.

    Every text field obeys the rule of `chassis.texts` without asking for it, passwords excepted.
    What was typed in an expired form fills it in again, see `webui.kept_forms`.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF is untyped
        """Where the fields come from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """The form data of a POST; on a GET, what is restored from an expired form."""
            given = super().wrap_formdata(form, formdata)
            return kept_fields() if given is None and formdata is _Auto else given

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Runs the fields' own validators, then the rule for texts on their values."""
        good = bool(super().validate(extra_validators))
        for field in self:
            if _is_text(field) and not field.errors and (message := _text_error(field)):
                self.fail(message, field.name)
                good = False
        return good

    def fail(self, message: str, field: str | None = None) -> None:
        """Adds an error to a field, or to the form as a whole."""
        if field is None:
            self.form_errors.append(message)
            return
        target = self[field]
        target.errors = [*target.errors, message]

    def fail_from(self, problem: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """
        Attaches the errors of a problem+json body to the fields: `fields` is JSON pointer -> field name.

        A pointer below a known one goes to that field; an unknown one, or a problem without errors, to the form.
        """
        errors = problem.get("errors") or [{"detail": problem.get("detail") or problem.get("title") or ""}]
        for error in errors:
            pointer = str(error.get("pointer", ""))
            known = [key for key in fields if pointer == key or pointer.startswith(key + "/")]
            name = fields[max(known, key=len)] if known else None
            self.fail(self.in_words(error, name), name)

    def in_words(self, error: Mapping[str, Any], name: str | None) -> str:
        """The error's sentence; one that names the JSON member is replaced by the field's label and the example."""
        sentence = str(error["detail"])
        member = f"« {str(error.get('pointer', '')).rsplit('/', 1)[-1]} »"
        if name is None or not sentence.startswith(member):
            return sentence
        shown = sentence.replace(member, f"« {self[name].label.text} »", 1)
        return f"{shown.rstrip('.')}, par exemple {error['example']}" if error.get("example") else shown

    def error_list(self) -> list[dict[str, str]]:
        """`text` and `href` of each error, in the order of the fields, for the summary."""
        found = [{"text": fr(str(message))} for message in self.form_errors]
        for field in self:
            found += [{"text": fr(message), "href": f"#{anchor(field)}"} for message in flatten(field.errors)]
        return found


class IdempotentForm(PageForm):
    """A form that acts once even when sent twice (double click, the browser's « back »): see `webui.sent_forms`."""

    key = HiddenField(default=lambda: str(uuid.uuid4()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_submitted():
            self.key.data = sending_key(self.key.data)

    def fail_from(self, problem: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """Handles a key already used for other content, when the first response was lost: an error, then a new key."""
        if any(error.get("code") == "reused" for error in problem.get("errors") or ()):
            self.key.data = str(uuid.uuid4())
            self.fail(KEY_USED)
            return
        super().fail_from(problem, fields)


def _text_error(field: Field) -> str | None:
    """The error for a typed text with a forbidden character, naming field and rule; None when it is valid."""
    typed = field.data if isinstance(field.data, str) else ""
    sign = texts.refused(typed, lines=isinstance(field, TextAreaField))
    return sign and texts.sentence(sign, f"«\u00a0{field.label.text}\u00a0»")


def _is_text(field: Field) -> bool:
    return isinstance(field, StringField) and not isinstance(field, PasswordField | HiddenField)


def choices(labels: Mapping[str, str]) -> list[SelectChoice]:
    """The options of a select, radios or checkboxes from value -> French label, in order."""
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


def flatten(errors: Iterable[Any]) -> list[str]:
    """The error sentences of a field, including nested fields."""
    found: list[str] = []
    for error in errors:
        if isinstance(error, dict):
            found += flatten(message for messages in error.values() for message in messages)
        elif isinstance(error, list | tuple):
            found += flatten(error)
        else:
            found.append(str(error))
    return found


def anchor(field: Field) -> str:
    """The id of the element to focus for a field."""
    if isinstance(field, FrenchDateField):
        return f"{field.id}-{DATE_PARTS[0]}"
    if isinstance(field, FieldList | FormField):
        return f"{field.id}-0"
    return str(field.id)


class FrenchDateField(Field):  # type: ignore[misc]  # WTForms is untyped
    """Three inputs, day, month and year (`nom-jj`, `nom-mm`, `nom-aaaa`), to one `date`; empty gives None."""

    sentence = "Saisissez une date qui existe : jour, mois et année, par exemple 27 6 2026".replace(" :", "\u00a0:")

    @staticmethod
    def widget(*_: Any, **__: Any) -> Markup:
        """Renders nothing: the macro `date` renders the field."""
        return Markup("")

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.parts: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Reads the three parts, or fills them from a date."""
        super().process(None, data, extra_filters)
        if formdata is not None and any(f"{self.name}-{part}" in formdata for part in DATE_PARTS):
            self.parts = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in DATE_PARTS}
            self.raw_data = [text for text in self.parts.values() if text]
            self.read_parts()
        elif isinstance(self.data, date):
            self.parts = dict(
                zip(DATE_PARTS, (str(self.data.day), str(self.data.month), str(self.data.year)), strict=True)
            )

    def read_parts(self) -> None:
        """Sets `data`, or a processing error when the three parts are not a date."""
        self.data = None
        if not self.raw_data:
            return
        day, month, year = (self.parts[part] for part in DATE_PARTS)
        try:
            if not (re.fullmatch(r"\d{4}", year) and re.fullmatch(r"\d{1,2}", day) and re.fullmatch(r"\d{1,2}", month)):
                raise ValueError(self.sentence)
            self.data = date(int(year), int(month), int(day))
        except ValueError:
            self.process_errors = [self.sentence]
