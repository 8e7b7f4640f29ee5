"""Writes rows as CSV and XLSX, one at a time. Amounts stay numbers in a sheet; no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import IO, Any

from chassis import texts
from chassis.french import money
from chassis.french.formats import short_date

Cell = str | int | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sheet has 1,048,576 lines (ECMA-376).
ROWS_A_SHEET = 1_000_000
BOM = "\ufeff"


def write_csv(file: IO[bytes], columns: Mapping[str, int], rows: Iterable[list[Cell]]) -> int:
    """As French spreadsheets open it: UTF-8 with a byte order mark, `;`, decimal comma. Returns the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    text.write(BOM)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return money.to_json(cell).replace(".", ",")
    if isinstance(cell, date):
        return short_date(cell)
    return "" if cell is None else texts.guard_formula(str(cell))


def write_xlsx(file: IO[bytes], columns: Mapping[str, int], rows: Iterable[list[Cell]]) -> int:
    """Each sheet has a frozen first line and filters. Returns the number of rows."""
    # Imported here: few exports need it, and it slows the start.
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    sheets: list[Any] = []
    with Workbook(file, options) as book:
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        bold = book.add_format({"bold": True})
        for row in rows:
            # The writer silently drops rows beyond the last line that a sheet can have.
            if count % ROWS_A_SHEET == 0:
                sheets.append(_sheet(book, columns, bold, len(sheets)))
            _write(sheets[-1], count % ROWS_A_SHEET + 1, row, formats)
            count += 1
        for place, sheet in enumerate(sheets or [_sheet(book, columns, bold, 0)]):
            sheet.autofilter(0, 0, min(ROWS_A_SHEET, count - place * ROWS_A_SHEET), len(columns) - 1)
    return count


def _sheet(book: Any, columns: Mapping[str, int], bold: Any, before: int) -> Any:
    sheet = book.add_worksheet(f"Déclarations {before + 1}" if before else "Déclarations")
    for place, width in enumerate(columns.values()):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, bold)
    return sheet


def _write(sheet: Any, line: int, row: list[Cell], formats: Mapping[type, Any]) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(line, place, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(line, place, cell, formats[date])
        elif cell is not None:
            sheet.write_number(line, place, cell, formats.get(type(cell)))
