"""Two people at one draft: what each of them says, side by side, and the choice between the two."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from chassis import money
from flask import render_template, request
from webui.forms import FrenchDateField
from webui.kept_forms import kept_form
from webui.sent_forms import MARK
from webui.typography import euros
from wtforms import BooleanField, Field, RadioField

from portal.clients.http import Answer
from portal.forms import lines_of
from portal.pages.authors import author_name
from portal.pages.declare.forms import StepForm
from portal.pages.declare.journey import heading, is_editable

NOTHING = "–"
AMOUNTS = frozenset({"rent", "charges", "arrears_amount"})
# What the page sends again of what was typed; the tokens are those of the new page.
OWN = ("csrf_token", "etag", "revise", MARK)


def said(field: Field) -> str:
    """What a field says, so that `415` and `415,00` are the same."""
    if isinstance(field, FrenchDateField):
        parts = [field.parts.get(name, "") for name in ("jj", "mm", "aaaa")]
        return f"{field.data:%d/%m/%Y}" if isinstance(field.data, date) else "/".join(filter(None, parts)) or NOTHING
    if isinstance(field, BooleanField):
        return "Oui" if field.data else "Non"
    if isinstance(field, RadioField):
        return str(dict((value, label) for value, label, *_ in field.iter_choices()).get(field.data, NOTHING))
    text = ", ".join(lines_of(str(field.data or "")))
    if field.short_name in AMOUNTS:
        try:
            return euros(money.parse(text))
        except money.InvalidAmount:
            pass
    return text or NOTHING


def differing(mine: Iterable[Field], theirs: Iterable[Field]) -> list[tuple[str, str, str]]:
    """Label, mine, theirs: of the fields that differ, given in the same order."""
    found = [(str(one.label.text), said(one), said(other)) for one, other in zip(mine, theirs, strict=True)]
    return [row for row in found if row[1] != row[2]]


def typed_again() -> list[tuple[str, str]]:
    """What was typed, for the hidden fields of the page that keeps it."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]


def recalled() -> None:
    """The page says by itself what was typed, and that nothing of it was saved: no notice is needed above it."""
    if kept := kept_form():
        kept.shown = False


def page(read: Answer, mine: StepForm, theirs: StepForm, step: str, why: str = "") -> str:
    """`read`: the declaration as it is now; `theirs`: the form filled from it; `why`: what the service refused."""
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
    """Whether the person chose to take what they had typed up again, on the page of the step."""
    return "revise" in request.form and bool(form.etag.data)
