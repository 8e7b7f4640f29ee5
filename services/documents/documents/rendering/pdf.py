"""From the data of a document to its PDF: the page by a Jinja template, then WeasyPrint, then both standards' marks."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from documents.rendering import fonts, text

TEMPLATES = Path(__file__).with_name("templates")
AUTHOR = "Offre Bailleurs"


@dataclass(frozen=True)
class Rendered:
    """A rendered PDF: its bytes and number of pages."""

    pdf: bytes
    pages: int


@dataclass(frozen=True)
class AttachedFile:
    """A file that the PDF holds."""

    name: str
    description: str
    content: bytes


def render_pdf(
    template: str,
    data: Mapping[str, object],
    *,
    dated: datetime,
    attached: AttachedFile | None = None,
) -> Rendered:
    """Renders `data` (a JSON object) with a template of this package; `dated` (aware) becomes the file's date.

    Strings of `data` are made printable and escaped: none is read as markup. The same input gives the same bytes.
    Errors: FontsMissing, pango.PangoMissing, engine.FaultyDocument; jinja2.UndefinedError when a value lacks.
    """
    # Here, because WeasyPrint needs a second and libraries of the system: a server starts without either.
    from documents.rendering import engine, standards

    page = html(template, data, dated)
    inside = attached and engine.Attached(
        name=attached.name, description=attached.description, content=attached.content, dated=dated.astimezone(UTC)
    )
    pdf, pages = engine.write_pdf(page, identifier=hashlib.sha256(page.encode()).digest()[:16], attached=inside or None)
    return Rendered(pdf=standards.meet_both(pdf), pages=pages)


def html(template: str, data: Mapping[str, object], dated: datetime) -> str:
    """The page that is printed."""
    shown = text.printable_tree(data, fonts.coverage())
    stamp = dated.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _templates().get_template(template).render(shown, author=AUTHOR, dated=stamp)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["site"] = site
    return environment


def site(url: str) -> Markup:
    """An address of the web as a link that stays whole on its line."""
    return Markup('<a class="whole" href="{0}">{0}</a>').format(url)
