"""Only this module calls typst: only our fonts and templates, both accessibility standards, a given date."""

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
# Both standards in one file: tagged for screen readers, archivable with its data attached.
STANDARDS: list[Literal["ua-1", "a-3a"]] = ["ua-1", "a-3a"]

_local = threading.local()


@dataclass(frozen=True)
class Rendered:
    """A rendered PDF: its bytes and number of pages."""

    pdf: bytes
    pages: int


def render_pdf(template: str, data: object, *, dated: datetime, raw: dict[str, str] | None = None) -> Rendered:
    """Renders `data` (any JSON value) with a template of this package; `dated` (aware) becomes the file's date.

    Strings of `data` reach the template as values, made printable; those of `raw` unchanged. Neither is parsed as
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
    pdf = cast("bytes", made)  # without an output path a PDF is one value; only images are lists
    from pypdf import PdfReader  # imported when a document is rendered, not at server start

    return Rendered(pdf=pdf, pages=len(PdfReader(io.BytesIO(pdf)).pages))


def _compiler() -> typst.Compiler:
    """One per thread: a compiler caches fonts and templates, and is not thread-safe."""
    compiler = getattr(_local, "compiler", None)
    if compiler is None:
        only_ours = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.folder())]
        )
        compiler = _local.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=only_ours)
    return compiler
