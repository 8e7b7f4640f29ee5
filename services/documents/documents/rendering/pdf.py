"""The one place that calls typst: our fonts only, our templates only, both accessibility standards, a given date."""

import io
import json
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

import typst

from documents.rendering import fonts, text
from documents.rendering.fonts import FontsMissing

__all__ = ["FontsMissing", "Rendered", "render_pdf"]

TEMPLATES = Path(__file__).with_name("templates")
# One file that is both: tagged and readable by a screen reader, archivable with its data attached.
STANDARDS: list[Literal["ua-1", "a-3a"]] = ["ua-1", "a-3a"]

_local = threading.local()


@dataclass(frozen=True)
class Rendered:
    """A finished PDF: its bytes and how many pages it has."""

    pdf: bytes
    pages: int


def render_pdf(template: str, data: object, *, dated: datetime, raw: dict[str, str] | None = None) -> Rendered:
    """Set `data` (any JSON value) in a template of this package; `dated` (aware) becomes the date of the file.

    Strings of `data` reach the template as values, made printable; those of `raw` as they are. Neither is ever read as
    markup. Errors: FontsMissing; typst.TypstError when a template is wrong.
    """
    inputs = {"data": json.dumps(text.printable_tree(data, fonts.coverage())), **(raw or {})}
    made = _compiler().compile(
        str(TEMPLATES / template),
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=[*STANDARDS],
        timestamp=int(dated.timestamp()),
    )
    pdf = cast("bytes", made)  # a PDF without an output path is one value; only images come as lists
    from pypdf import PdfReader  # needed where a document is made, not where a server starts

    return Rendered(pdf=pdf, pages=len(PdfReader(io.BytesIO(pdf)).pages))


def _compiler() -> typst.Compiler:
    """One per thread: a compiler keeps its fonts and templates warm, and cannot be shared while it works."""
    compiler = getattr(_local, "compiler", None)
    if compiler is None:
        only_ours = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.folder())]
        )
        compiler = _local.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=only_ours)
    return compiler
