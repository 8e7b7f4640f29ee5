"""Only this module imports WeasyPrint, and it is imported when the first document is made: HTML in, tagged PDF out.

Whatever WeasyPrint would only log (a missing image, a character without glyph, a style it does not know) is an error.
"""

import logging
import os
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.rendering import fonts
from documents.rendering.pango import PangoMissing, missing

if absent := missing():
    raise PangoMissing(absent)

# Fonts of the machine must not change a document: fontconfig is told of ours alone, before it is loaded.
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir><rescan><int>0</int></rescan></fontconfig>
"""
# Its index of the fonts is read once and stays in memory, so that its folder can go.
with tempfile.TemporaryDirectory(prefix="bailleurs-fonts-") as _folder:
    _settings = Path(_folder, "fonts.conf")
    _settings.write_text(_FONTCONFIG.format(fonts=fonts.folder(), cache=_folder), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(_settings)
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    _fonts = FontConfiguration()

VARIANT = "pdf/a-3a"
_lock = threading.Lock()
_logger = logging.getLogger("weasyprint")


class FaultyDocument(ValueError):
    """WeasyPrint complained; the message holds its own words and none of the document's."""


class ForbiddenAddress(FatalURLFetchingError):  # type: ignore[misc]  # publishes no types
    """A document asked for something that is neither in its package nor in itself."""


class Fetcher(URLFetcher):  # type: ignore[misc]  # publishes no types
    """`data:` only: templates, style sheet and fonts are read by us, and nothing else is ever asked for."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            raise ForbiddenAddress
        return super().fetch(url, headers)


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF."""

    name: str
    description: str
    content: bytes
    dated: datetime  # UTC


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # Without its arguments, which may be what someone typed.
        self.said.append(str(record.msg))


@contextmanager
def _no_complaints() -> Iterator[None]:
    complaints = _Complaints()
    _logger.addHandler(complaints)
    try:
        yield
    except ForbiddenAddress:
        raise FaultyDocument("an address outside the document") from None
    finally:
        _logger.removeHandler(complaints)
    if complaints.said:
        raise FaultyDocument("; ".join(sorted(set(complaints.said))))


def _style_sheet(file: Path) -> Any:  # WeasyPrint publishes no types
    with _no_complaints():
        return CSS(string=file.read_text(encoding="utf-8"), font_config=_fonts, url_fetcher=Fetcher())


_logger.propagate = False
_style = _style_sheet(Path(__file__).with_name("templates") / "print.css")


def write_pdf(html: str, *, identifier: bytes, attached: Attached | None = None) -> tuple[bytes, int]:
    """The PDF/A-3a of a page and its number of pages; the same input gives the same bytes. Errors: FaultyDocument."""
    attachments = [_attachment(attached)] if attached else []
    # Pango's fonts are shared; what runs side by side are processes.
    with _lock, _no_complaints(), warnings.catch_warnings():
        # It leaves the file of its colour profile to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        document = HTML(string=html, url_fetcher=Fetcher()).render(
            font_config=_fonts, stylesheets=[_style], pdf_variant=VARIANT
        )
        pdf: bytes = document.write_pdf(attachments=attachments, pdf_variant=VARIANT, pdf_identifier=identifier)
    return pdf, len(document.pages)


def _attachment(attached: Attached) -> Any:  # WeasyPrint publishes no types
    return Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        relationship="Data",
        created=attached.dated,
        modified=attached.dated,
    )
