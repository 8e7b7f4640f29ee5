"""Rows into CSV and XLSX, one at a time. Amounts stay numbers in a sheet; no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import IO

from chassis import money

Cell = str | int | Decimal | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


def write_csv(file: IO[bytes], columns: Mapping[str, int], rows: Iterable[list[Cell]]) -> int:
    """As French spreadsheets open it: UTF-8 with its mark, `;`, decimal comma. Returns how many rows."""
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
        return f"{cell:%d/%m/%Y}"
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def write_xlsx(file: IO[bytes], columns: Mapping[str, int], rows: Iterable[list[Cell]]) -> int:
    """One sheet, its first line kept in sight and with filters. Returns how many rows."""
    # Only here: nobody waits at start for what few exports need.
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("Déclarations")
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        for place, width in enumerate(columns.values()):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for row in rows:
            count += 1
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(count, place, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(count, place, cell, formats[date])
                elif cell is not None:
                    sheet.write_number(count, place, cell, formats.get(type(cell)))
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return count
