"""Renders a folder to text and HTML: MJML first (it leaves Jinja's tags intact), then Jinja."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

FOLDER = Path(__file__).parent

Variables = Mapping[str, str | int | bool | None]

_environment = Environment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
)


def text(path: str, variables: Variables) -> str:
    """Renders a text template of the folder. Raises jinja2.UndefinedError for a missing variable."""
    return _environment.get_template(path).render(variables)


def html(name: str, variables: Variables) -> str:
    """The HTML part of an e-mail, every variable escaped. Raises jinja2.UndefinedError."""
    return _html_template(name).render(variables)


@cache
def _html_template(name: str) -> Template:
    source = (FOLDER / name / "body.mjml").read_text(encoding="utf-8")
    options = mrml.ParserOptions(include_loader=mrml.local_loader(str(FOLDER)))
    return _environment.from_string(mrml.to_html(source, parser_options=options).content)
