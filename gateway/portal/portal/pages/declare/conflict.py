"""Two people edited the same draft: both inputs side by side, and the choice between them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from chassis.french import money
from chassis.french.formats import short_date
from flask import render_template, request
from webui.forms import FrenchDateField
from webui.kept_forms import kept_form
from webui.sent_forms import MARK
from webui.typography import euros
from wtforms import BooleanField, Field, RadioField

from portal.api_types.declaration.shared import Declaration
from portal.clients.http import Answer
from portal.forms import lines_of
from portal.pages.authors import author_name
from portal.pages.declare.forms import AmountField, StepForm
from portal.pages.declare.journey import heading, is_editable

NOTHING = "–"
# Fields not carried over from the submission: the new page has its own tokens.
OWN = ("csrf_token", "etag", "revise", MARK)


def text_of(field: Field) -> str:
    """A field's value as text, so that `415` and `415,00` are equal."""
    if isinstance(field, FrenchDateField):
        parts = [field.parts.get(name, "") for name in ("jj", "mm", "aaaa")]
        return short_date(field.data) if isinstance(field.data, date) else "/".join(filter(None, parts)) or NOTHING
    if isinstance(field, BooleanField):
        return "Oui" if field.data else "Non"
    if isinstance(field, RadioField):
        return str(dict((value, label) for value, label, *_ in field.iter_choices()).get(field.data, NOTHING))
    text = ", ".join(lines_of(str(field.data or "")))
    if isinstance(field, AmountField):
        try:
            return euros(money.parse(text))
        except money.InvalidAmount:
            pass
    return text or NOTHING


def differing(mine: Iterable[Field], theirs: Iterable[Field]) -> list[tuple[str, str, str]]:
    """(label, mine, theirs) of the fields that differ; both lists are in the same order."""
    found = [(str(one.label.text), text_of(one), text_of(other)) for one, other in zip(mine, theirs, strict=True)]
    return [row for row in found if row[1] != row[2]]


def typed_again() -> list[tuple[str, str]]:
    """What was typed, for the hidden fields of the conflict page."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]


def recalled() -> None:
    """The page itself says what was typed and that nothing was saved: no notice is needed above it."""
    if kept := kept_form():
        kept.shown = False


def page(read: Answer[Declaration], mine: StepForm, theirs: StepForm, step: str, why: str = "") -> str:
    """`read`: the current declaration; `theirs`: the form filled from it; `why`: the service's refusal."""
    names = mine.pointers.values()
    recalled()
    return render_template(
        "declare/conflict.html",
        rows=differing([mine[name] for name in names], [theirs[name] for name in names]),
        typed=typed_again(),
        etag=read.etag,
        author=author_name()(read.body["updated_by"]),
        editable=is_editable(read.body),
        step=step,
        why=why,
        **heading(read.body),
    )


def revised(form: Any) -> bool:
    """Whether the person chose to keep editing their own input on the step's page."""
    return "revise" in request.form and bool(form.etag.data)
