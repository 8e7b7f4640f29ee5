"""Files for people to fill: a workbook with locked columns, lists and instructions, or a CSV for their own tools."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from chassis import texts
from chassis.french import money

from declaration.domain import readers
from declaration.domain.fields import Amount, Choice, Day, Declared, Number
from declaration.domain.journey import LONGEST_REASON
from declaration.domain.rows import cells
from declaration.domain.rows.columns import COLUMNS
from declaration.sheets import instructions
from declaration.sheets.instructions import Styles
from declaration.sheets.layout import FILLED, HEADERS, HELPING, MARK, SAYING, Row

_AMOUNTS = {name for name, column in COLUMNS.items() if isinstance(column.field, Amount)} | {
    "previous_rent",
    "previous_charges",
}
_DAYS = {name for name, column in COLUMNS.items() if isinstance(column.field, Day)} | {"lease_start"}
_NUMBERS = {name for name, column in COLUMNS.items() if isinstance(column.field, Number)}
_WIDTHS = {"address": 40, "tenant": 28, "points": 60, "to_correct": 60, "reason": 40}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def columns(*, correcting: bool) -> list[str]:
    """`correcting`: adds the column that says what is wrong."""
    saying = list(SAYING) if correcting else [name for name in SAYING if name != "to_correct"]
    return [MARK, *HELPING, *FILLED, *saying]


def write(kind: str, rows: Iterable[Row], *, correcting: bool = False) -> bytes:
    """The bytes of a file of that kind, `xlsx` or `csv`."""
    names = columns(correcting=correcting)
    return _csv(rows, names) if kind == "csv" else _xlsx(rows, names)


def _csv(rows: Iterable[Row], names: Sequence[str]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([HEADERS[name] for name in names])
    for row in rows:
        writer.writerow([row.mark, *(texts.guard_formula(row.texts.get(name, "")) for name in names[1:])])
    # The byte order mark tells Excel that this is UTF-8.
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _xlsx(rows: Iterable[Row], names: Sequence[str]) -> bytes:
    # Imported here: few files need it, and it slows the start.
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Déclarations")
        styles = _styles(book)
        _shape(sheet, names, styles)
        last = 0
        for last, row in enumerate(rows, start=1):
            sheet.write_string(last, 0, row.mark, styles["locked"])
            for place, name in enumerate(names[1:], start=1):
                _write(sheet, last, place, name, row.texts.get(name, ""), styles)
        _validate(sheet, names, last)
        instructions.add(book, styles)
    return target.getvalue()


def _styles(book: Any) -> Styles:
    plain = {"valign": "top", "font_size": 10}
    free = {**plain, "locked": False, "border": 1, "border_color": "#B9C4CC"}
    wash = {**plain, "bg_color": "#F1F5F7"}
    return {
        "head": book.add_format({**plain, "bold": True, "text_wrap": True, "bottom": 2}),
        "wrapped": book.add_format({**plain, "text_wrap": True}),
        "locked": book.add_format(wash),
        "locked amount": book.add_format({**wash, "num_format": "0.00"}),
        "locked day": book.add_format({**wash, "num_format": "dd/mm/yyyy"}),
        "free": book.add_format(free),
        "free amount": book.add_format({**free, "num_format": "0.00"}),
        "free day": book.add_format({**free, "num_format": "dd/mm/yyyy"}),
    }


def _shape(sheet: Any, names: Sequence[str], styles: Styles) -> None:
    """Locked without a password: it prevents slips, not tampering. The checks run when the file comes back."""
    free = ("format_columns", "format_rows", "sort", "autofilter", "select_locked_cells", "select_unlocked_cells")
    sheet.protect("", dict.fromkeys(free, True))
    sheet.freeze_panes(1, 3)
    sheet.set_row(0, 45)
    for place, name in enumerate(names):
        sheet.set_column(place, place, _WIDTHS.get(name, 14), None, {"hidden": name == MARK})
    for place, name in enumerate(names):
        sheet.write_string(0, place, HEADERS[name], styles["head"])


def _write(sheet: Any, line: int, place: int, name: str, text: str, styles: Styles) -> None:
    """Amounts and days as typed cells when readable, so that the spreadsheet adds up and sorts; else as text."""
    side = "free" if name in FILLED else "locked"
    if name in _AMOUNTS and (amount := _amount(text)) is not None:
        sheet.write_number(line, place, amount, styles[f"{side} amount"])
    elif name in _DAYS and (day := _day(text)):
        sheet.write_datetime(line, place, day, styles[f"{side} day"])
    elif name in _NUMBERS and text.isascii() and text.isdigit():
        sheet.write_number(line, place, int(text[:9]), styles[side])
    else:
        text = texts.guard_formula(text) if text.startswith("'") else text
        kind = " amount" if name in _AMOUNTS else " day" if name in _DAYS else ""
        sheet.write_string(line, place, text, styles[side + kind]) if text else sheet.write_blank(
            line, place, None, styles[side + kind]
        )


def _amount(text: str) -> float | None:
    try:
        return float(money.parse(text))
    except money.InvalidAmount:
        return None


def _day(text: str) -> datetime | None:
    try:
        found = date.fromisoformat(cells.day(text))
    except ValueError:
        return None
    # Spreadsheets count days from 1900.
    return datetime(found.year, found.month, found.day) if found.year >= 1900 else None  # noqa: DTZ001 - a cell has no zone


def _validate(sheet: Any, names: Sequence[str], last: int) -> None:
    for name, column in COLUMNS.items():
        place = names.index(name)
        said = {"error_title": "Valeur refusée", "error_message": f"Attendu : {column.rule}"[:255]}
        sheet.data_validation(1, place, max(1, last), place, {**_rule(name, column.field), **said})


def _rule(name: str, field: Declared[Any] | None) -> dict[str, object]:
    """What a spreadsheet lets people type."""
    match field:
        case Choice():
            return {"validate": "list", "source": [option.cell for option in field.options.values()]}
        case Number():
            return _between("integer", field.lowest, field.highest)
        case Amount():
            return _between("decimal", 0, float(readers.HIGHEST_AMOUNT))
        case Day():
            return {"validate": "date", "criteria": ">=", "value": readers.EARLIEST_DAY}
    if name == "reason":
        return {"validate": "length", "criteria": "<=", "value": LONGEST_REASON}
    return {"validate": "list", "source": [cells.YES, cells.NO]}


def _between(kind: str, lowest: float, highest: float) -> dict[str, object]:
    return {"validate": kind, "criteria": "between", "minimum": lowest, "maximum": highest}
