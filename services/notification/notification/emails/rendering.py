"""Renders an e-mail: the subject of its row, `body.txt` and `body.mjml` of its folder; MJML first (it leaves Jinja's
tags intact), then Jinja."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from jinja2 import Template as Prepared

from notification.domain.messages import Template
from notification.domain.variables import Value, VariableError, Variables, pick
from notification.emails.computed import COMPUTED
from notification.emails.formats import written

FOLDER = Path(__file__).parent

_loader = FileSystemLoader(FOLDER)
_text = Environment(loader=_loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text
_html = Environment(loader=_loader, undefined=StrictUndefined, autoescape=True)


@dataclass(frozen=True)
class Content:
    subject: str
    text: str
    html: str


class MissingVariableError(Exception):
    """A variable of the e-mail was not given; the message names the variable, never a value."""


def write(template: Template, values: Mapping[str, object]) -> Content:
    """The e-mail, from its row's variables and its secret. Raises MissingVariableError."""
    try:
        stored = pick(declared(template), values)
    except VariableError as error:
        raise MissingVariableError(f"{template}: {error}") from error
    computed = COMPUTED[template](stored) if template in COMPUTED else {}
    variables = {**written(declared(template), stored), **computed}
    try:
        subject = _subject(template).render(variables)
        return Content(
            subject=subject,
            text=_text.get_template(f"{template}/body.txt").render(variables),
            html=_body(template).render(variables, subject=subject),
        )
    except UndefinedError as error:
        raise MissingVariableError(f"{template}: {error.message}") from error


@cache
def declared(template: Template) -> Variables:
    """The variables of the e-mail, its secret among them."""
    sealed = template.kind.sealed
    return {**template.kind.in_email, **({sealed: Value.TEXT} if sealed else {})}


@cache
def _subject(template: Template) -> Prepared:
    return _text.from_string(template.kind.subject)


@cache
def _body(template: Template) -> Prepared:
    source = (FOLDER / template / "body.mjml").read_text(encoding="utf-8")
    options = mrml.ParserOptions(include_loader=mrml.local_loader(str(FOLDER)))
    return _html.from_string(mrml.to_html(source, parser_options=options).content)
