"""What the tests read back from a PDF, by other libraries than the one that wrote it."""

import io
import re
from collections.abc import Iterator
from typing import Any

import page
import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # publishes no types
import zxingcpp
from pypdf import PdfReader

MM = 72 / 25.4
A4_HEIGHT_MM = 297.0


def unmet(pdf: bytes) -> list[str]:
    """Rules of PDF/UA-1 and PDF/A-3a that the file breaks, and what `qpdf --check` says of it."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        problems = file.check_pdf_syntax()
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in ("ua1", "3a")]
    failures = [failure for report in reports for failure in report.failures]
    return [*problems, *(f"{each.rule_id} {each.message}" for each in failures if not _length_misread(pdf, each))]


def _length_misread(pdf: bytes, failure: page.ValidationFailure) -> bool:
    """One stream in 256 ends with the byte 0x0D; page-validation 0.11 takes it for a part of the line end that follows.

    The length is right when `endstream` is where ISO 32000-1, 7.3.8.1, says: one line end after /Length bytes.
    """
    if failure.rule_id != "PDFA3A-STREAM-LENGTH-001" or failure.object_id is None:
        return False
    body = pdf[pdf.index(b"\n%d 0 obj" % failure.object_id.object_number) :]
    found = re.search(rb"/Length (\d+)", body)
    assert found is not None
    length = int(found[1])
    start = body.index(b"stream\n") + len(b"stream\n")
    return body[start + length - 1 :].startswith(b"\r\nendstream")


def words(pdf: bytes) -> str:
    """The text, with every kind of space as one."""
    raw = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(raw.replace("\u200b", "").split())


def title(pdf: bytes) -> str | None:
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    return metadata.title if metadata else None


def fonts(pdf: bytes) -> dict[str, bool]:
    """Font name -> embedded."""
    found: dict[str, bool] = {}
    for each in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = each["/Resources"]  # pypdf types what a file may hold, not what this entry is
        for font in resources.get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"]
            found[str(descriptor["/FontName"])] = any(key.startswith("/FontFile") for key in descriptor)
    return found


def structure(pdf: bytes) -> Iterator[Any]:
    """Every element of the tag tree, in reading order."""
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    pending = [root["/StructTreeRoot"]["/K"]]
    while pending:
        node = pending.pop(0)
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            pending = [*node, *pending]
        elif isinstance(node, dict) and "/S" in node:
            yield node
            pending = [node.get("/K", []), *pending]


def boxes(pdf: bytes, number: int = 0) -> list[tuple[float, float, float, float, str]]:
    """(left, top, right, bottom) in mm from the top left corner, and the text, for each run of a page."""
    text = pypdfium2.PdfDocument(pdf)[number].get_textpage()
    out = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        sides = left / MM, A4_HEIGHT_MM - top / MM, right / MM, A4_HEIGHT_MM - bottom / MM
        out.append((*sides, text.get_text_bounded(left, bottom, right, top)))
    return out


def codes(pdf: bytes) -> list[str]:
    """What a phone reads on the first page printed at 200 dpi."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(image)]
