"""Program that opens an uploaded file and prints its cells as text, in JSON.

Run as `python -m declaration.sheets.extract MEMORY SECONDS LINES < file`: limited to MEMORY bytes and SECONDS, and
killed beyond. It names what it refuses: `{"refused": "<code>"}`.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, TypedDict, final

from chassis import texts
from chassis.french.formats import short_date

from declaration.sheets.layout import is_header

LONGEST_CELL = 1_000
# A spreadsheet's cell holds 32,767 characters; a quote that is never closed is reported as such.
LARGEST_FIELD = 10_000_000
HEADER_WITHIN = 20
MOST_SHEETS = 10
# A workbook of 10,000 tenants weighs 12 MB unpacked; a zip bomb is a thousand times its own size.
MOST_OPENED = 50_000_000
MOST_RATIO = 100
MOST_ENTRIES = 1_000
SEPARATORS = ";,\t"
# A password-protected workbook is an OLE archive with this entry.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OLD_ARCHIVE = b"\xd0\xcf\x11\xe0"
_OTHER_KINDS = (_OLD_ARCHIVE, b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"<", b"\xef\xbb\xbf<")
_FAILED_CELL = re.compile(rb'(<c\b[^>]*\bt=)"e"')
# Its number, and its cells.
Line = tuple[int, list[str]]


@final
class Extracted(TypedDict):
    kind: str
    header: list[str]
    lines: list[Line]


@final
class RefusedFile(TypedDict):
    refused: str
    where: dict[str, object]


class Refused(Exception):
    """The file is refused; the argument is the code of the reason, `where` holds the values for its sentence."""

    def __init__(self, code: str, **where: object) -> None:
        super().__init__(code)
        self.where = where


def main() -> None:
    """Sets the limits, then reads the file."""
    memory, seconds, most = (int(argument) for argument in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        answer: Extracted | RefusedFile = extracted(sys.stdin.buffer.read(), most)
    except Refused as refusal:
        answer = {"refused": str(refusal), "where": refusal.where}
    json.dump(answer, sys.stdout)


def extracted(content: bytes, most: int) -> Extracted:
    """Detects the kind by content, whatever the name. Raises Refused."""
    if content.startswith(b"PK\x03\x04"):
        kind, tables = "xlsx", _workbook(content)
    elif content.startswith(_OTHER_KINDS):
        raise Refused("password" if content.startswith(_OLD_ARCHIVE) and _LOCKED in content else "format")
    else:
        kind, tables = "csv", _separated(content)
    for table in tables:
        numbered = enumerate(table, start=1)
        header = next((cells for _, cells in islice(numbered, HEADER_WITHIN) if is_header(cells)), None)
        if header is None:
            continue
        # Spreadsheets leave thousands of empty lines behind: they are ignored.
        lines = list(islice(((number, cells) for number, cells in numbered if any(cells)), most + 1))
        if len(lines) > most:
            raise Refused("too_many")
        return {"kind": kind, "header": header, "lines": lines}
    raise Refused("header")


def _workbook(content: bytes) -> Iterator[Iterable[list[str]]]:
    _check_weight(content)
    # Imported here: it takes memory that a CSV does not need.
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(_with_failures(content)))
        # Hidden sheets were not filled by anybody.
        shown = [each for each in book.sheets_metadata if each.visible == python_calamine.SheetVisibleEnum.Visible]
        for sheet in shown[:MOST_SHEETS]:
            cells = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            yield ([text(cell) for cell in row] for row in cells)
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError) as error:
        raise Refused("unreadable") from error
    except python_calamine.PasswordError as error:
        raise Refused("password") from error


def _check_weight(content: bytes) -> None:
    """Checks the sizes announced by the archive; the memory limit catches a false announcement."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise Refused("unreadable") from None
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Refused("format")
    heavy = any(entry.file_size > MOST_RATIO * max(1, entry.compress_size) for entry in entries)
    if heavy or len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_OPENED:
        raise Refused("bomb")


def _with_failures(content: bytes) -> bytes:
    """With « #N/A » and the like as text: the reader would take them for empty cells. Raises Refused."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    try:
        if not any(_FAILED_CELL.search(source.read(name)) for name in source.namelist() if _is_sheet(name)):
            return content
        with zipfile.ZipFile(target, "w") as copy:
            for name in source.namelist():
                held = source.read(name)
                copy.writestr(name, _FAILED_CELL.sub(rb'\1"str"', held) if _is_sheet(name) else held)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        # The archive's content differs from its announcement, or cannot be unpacked.
        raise Refused("unreadable") from None
    return target.getvalue()


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def text(cell: Any) -> str:
    """A cell as people see it: 15 digits for a number, as spreadsheets show; a formula gives its last result."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float | int):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return short_date(cell) if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return short_date(cell)
    return _plain(str(cell))


def _separated(content: bytes) -> Iterator[Iterable[list[str]]]:
    # Any line ending: spreadsheets of old Macintoshes use a single carriage return.
    decoded = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(LARGEST_FIELD)
    for separator in SEPARATORS:
        if not _has_header(csv.reader(io.StringIO(decoded), delimiter=separator, strict=True)):
            continue
        try:
            rows = list(csv.reader(io.StringIO(decoded), delimiter=separator, strict=True))
        except csv.Error:
            raise Refused("csv") from None
        yield [[_plain(cell) for cell in cells] for cells in rows]


def _has_header(rows: Iterator[list[str]]) -> bool:
    try:
        return any(is_header(cells) and len(cells) > 1 for cells in islice(rows, HEADER_WITHIN))
    except csv.Error:
        # Another separator stands between these quotes.
        return False


def _plain(cell: str) -> str:
    """A CSV opened and saved as a workbook has the apostrophe before formulas too."""
    return texts.unguard_formula(cell).strip()[:LONGEST_CELL]


def _decoded(content: bytes) -> str:
    """UTF-8 with or without byte order mark, else Windows-1252, as spreadsheets write. Raises Refused."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("utf16")
    if b"\0" in content:
        raise Refused("format")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Without the byte order mark, if any.
        read = error.object
        if not read[: error.start].isascii():
            # The text before is UTF-8: decoded otherwise, every accent of the file would become two characters.
            line = read.count(b"\n", 0, error.start) + 1
            raise Refused("byte", line=line, byte=f"{read[error.start]:02X}") from None
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused("charset") from None


if __name__ == "__main__":
    main()
