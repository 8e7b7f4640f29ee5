"""Files as people and their tools make them: read for what they are, bounded in memory and time; written harmless."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from chassis import ids
from chassis.french import money
from declaration.domain.registry.lines import FileRefusedError
from declaration.domain.rows.columns import COLUMNS
from declaration.settings import DeclarationSettings
from declaration.sheets import extract, layout, reading, writing
from declaration.sheets.layout import Row
from hypothesis import given
from hypothesis import strategies as st

SETTINGS = DeclarationSettings(service="declaration", environment="test", import_max_lines=50)
MARK = layout.mark(ids.new_id(), 3)
HEADER = [
    layout.MARK_HEADER,
    "Locataire",
    "Loyer de juillet hors charges",
    "Charges de juillet",
    "Date de départ",
    "Motif",
]
LINE = [MARK, "DEUJOURS Adam", "512,30", "38", "15/07/2026", "Révisé"]
READ = {"rent": "512,30", "charges": "38", "left_on": "15/07/2026", "reason": "Révisé"}


def csv_of(*rows: list[str], separator: str = ";") -> str:
    return "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows) + "\n"


def workbook(*rows: list[Any], before: list[list[Any]] | None = None) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Feuille")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for line, cells in enumerate([*(before or []), *rows]):
            for place, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell.replace(tzinfo=None), day)
                elif isinstance(cell, str) and cell.startswith("=") and "|" in cell:
                    formula, result = cell.split("|")
                    sheet.write_formula(line, place, formula, None, float(result))
                elif isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write(line, place, cell)
    return target.getvalue()


def read(content: bytes) -> reading.Sheet:
    return reading.read(content, SETTINGS)


def refusal(content: bytes, settings: DeclarationSettings = SETTINGS) -> str:
    with pytest.raises(FileRefusedError) as refused:
        reading.read(content, settings)
    where = {"line": 1, "byte": "FF"}
    code: str = next(code for code, text in reading.REFUSALS.items() if text.format(**where) == str(refused.value))
    return code


def test_a_wrong_byte_in_a_utf_8_file_is_named_with_its_line_and_how_to_save_the_file() -> None:
    """Read as Windows-1252, « Repère » would be a column of no name."""
    for mark in (b"", b"\xef\xbb\xbf"):
        content = mark + csv_of(HEADER, LINE, LINE).encode()
        broken = b"R\xe9vis".join(content.rsplit("Révis".encode(), 1))
        with pytest.raises(FileRefusedError) as refused:
            read(broken)
        assert "La ligne 3" in str(refused.value)
        assert "octet E9" in str(refused.value)
        assert "CSV UTF-8" in str(refused.value)


def test_a_csv_saved_as_a_workbook_keeps_its_texts_and_what_starts_with_an_apostrophe_stays() -> None:
    for text in ("-5 %", "=1+1", "@x", "'-5 %", "''=x", "'x", "l’été"):
        row = Row(MARK, {"rent": "512,30", "reason": text})
        for kind in ("csv", "xlsx"):
            assert read(writing.write(kind, [row])).lines[0].cells["reason"] == text
    cells = list(
        csv.reader(
            io.StringIO(writing.write("csv", [Row(MARK, {"reason": "-5 %"})]).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert read(workbook(*cells)).lines[0].cells["reason"] == "-5 %"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_read_in_each_charset_and_with_each_separator(charset: str, separator: str) -> None:
    found = read(csv_of(HEADER, LINE, separator=separator).encode(charset))
    assert (found.kind, found.unknown) == ("csv", [])
    assert [(line.number, line.cells) for line in found.lines] == [(2, READ)]
    assert (str(found.lines[0].declaration_id), found.lines[0].revision) == (MARK.split("/")[0], 3)


def test_a_workbook_is_read_whatever_its_name_and_a_csv_is_not_a_workbook() -> None:
    assert read(workbook(HEADER, LINE)).lines[0].cells == READ
    assert read(csv_of(HEADER, LINE).encode()).kind == "csv"


def test_numbers_and_days_typed_by_a_spreadsheet_are_read_exactly() -> None:
    typed = [MARK, "x", 512.3, 38, datetime(2026, 7, 15, tzinfo=UTC), True]
    assert read(workbook(HEADER, typed)).lines[0].cells == {**READ, "rent": "512.3", "reason": "oui"}
    # 0.1 + 0.2 as it is kept: what people see is 0.3.
    assert read(workbook(HEADER, [MARK, "x", 0.1 + 0.2, 512.345, 46218, ""])).lines[0].cells == {
        "rent": "0.3",
        "charges": "512.345",
        "left_on": "46218",
        "reason": "",
    }


def test_a_formula_counts_for_its_last_result() -> None:
    assert read(workbook(HEADER, [MARK, "x", "=500+12.5|512.5", 1, "", ""])).lines[0].cells["rent"] == "512.5"


@given(st.decimals(min_value=0, max_value=99999, places=2))
def test_an_amount_typed_in_a_cell_is_that_amount_to_the_cent(amount: Decimal) -> None:
    assert money.parse(extract.text(float(amount))) == amount


@given(st.dates(min_value=date(1900, 3, 1), max_value=date(2199, 12, 31)))
def test_a_day_typed_in_a_cell_is_that_day(day: date) -> None:
    assert COLUMNS["left_on"].read(extract.text(datetime(day.year, day.month, day.day))) == day.isoformat()  # noqa: DTZ001


@given(st.floats())
def test_a_number_that_is_no_amount_of_cents_is_refused_rather_than_rounded(number: float) -> None:
    try:
        read_back = money.parse(extract.text(number))
    except money.InvalidAmount:
        return
    assert abs(float(read_back) - number) < 1e-9 * max(1, abs(number))


def test_renamed_moved_extra_hidden_and_missing_columns() -> None:
    header = ["LOYER DE JUILLET  HORS-CHARGES", "Une colonne à nous", "rent_up_to_date", "repere"]
    found = read(workbook(header, [600, "note", "oui", MARK]))
    assert found.unknown == ["Une colonne à nous"]
    assert found.lines[0].cells == {"rent": "600", "rent_up_to_date": "oui"}


def test_lines_above_the_header_and_empty_lines_do_not_shift_the_numbers() -> None:
    found = read(workbook(HEADER, [], LINE, before=[["Notre agence"], []]))
    assert [line.number for line in found.lines] == [5]


def test_merged_cells_keep_their_value_in_the_first() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, LINE)
        sheet.write_string(2, 0, layout.mark(ids.new_id(), 1))
        sheet.merge_range(1, 5, 2, 5, "Révisé")
    assert [line.cells["reason"] for line in read(target.getvalue()).lines] == ["Révisé", ""]


def test_a_mark_that_is_not_ours_names_no_declaration() -> None:
    for mark in ("", "x", "12/1", MARK + "x", str(ids.new_id()), f"{ids.new_id()}/-1", f"{ids.new_id()}/{'9' * 30}"):
        assert read(csv_of(HEADER, [mark, *LINE[1:]]).encode()).lines[0].declaration_id is None


ROWS = b'<row r="2"><c r="A2" t="inlineStr"><is><t>AAAAAAAAAAAAAAAAAAAA</t></is></c></row>' * 10_000
OPENED = 200_000_000


def bomb() -> bytes:
    """200 MB of rows in a workbook of some 200 kB."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook(HEADER, LINE))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
                continue
            head, tail = content.split(b"</sheetData>")
            with archive.open(name, "w") as entry:
                entry.write(head)
                for _ in range(OPENED // len(ROWS)):
                    entry.write(ROWS)
                entry.write(b"</sheetData>" + tail)
    assert len(target.getvalue()) < 700_000
    return target.getvalue()


def liar() -> bytes:
    """The same, that says to be small: the archive's own words are not believed."""
    content = bomb()
    size = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(size.to_bytes(4, "little"), (30_000).to_bytes(4, "little"))


def ods() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return target.getvalue()


REFUSED: dict[str, tuple[Any, str]] = {
    "200 MB inside": (bomb, "bomb"),
    "an archive of another kind": (ods, "format"),
    "a broken workbook": (lambda: workbook(HEADER, LINE)[:400], "unreadable"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "format"),
    "a PDF": (lambda: b"%PDF-1.7 Rep\xe8re", "format"),
    "bytes": (lambda: bytes(range(256)) * 4, "format"),
    "a charset that is neither": (lambda: "Repère;Loyer".encode() + b"\xff\x81\x8d\x90", "byte"),
    "another charset": (lambda: "Repère;Loyer".encode("mac-roman") + b"\x81", "charset"),
    "UTF-16": (lambda: csv_of(HEADER, LINE).encode("utf-16"), "utf16"),
    "an open quote": (lambda: (csv_of(HEADER) + '"open;x\n').encode(), "csv"),
    "no mark": (lambda: b"Locataire;Loyer\nx;1\n", "header"),
    "a column twice": (lambda: csv_of([*HEADER, "Motif"], [*LINE, "x"]).encode(), "twice"),
    "nothing to fill": (lambda: csv_of(HEADER[:2], LINE[:2]).encode(), "nothing"),
    "too many lines": (lambda: csv_of(HEADER, *[LINE] * 51).encode(), "too_many"),
    "nothing at all": (lambda: b" ", "header"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(case: str) -> None:
    make, code = REFUSED[case]
    assert refusal(make()) == code


def test_a_bomb_that_lies_about_its_size_dies_in_its_own_process() -> None:
    assert refusal(liar()) in ("bomb", "unreadable")


def test_reading_is_bounded_in_memory_and_in_time() -> None:
    large = workbook(HEADER, *[LINE] * 5_000)
    plain = DeclarationSettings(service="declaration", environment="test")
    for limited in (replace(plain, import_read_memory=20_000_000), replace(plain, import_read_seconds=0)):
        assert refusal(large, limited) == "bomb"


FORMULAS = ("=1+1", "+33 6", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_text_and_read_back(text: str) -> None:
    row = Row(MARK, {"tenant": text, "reason": text})
    made = writing.write("csv", [row])
    assert made[:3] == b"\xef\xbb\xbf"
    cells = next(reversed(list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))))
    assert cells.count(f"'{text}") == 2
    assert not any(cell.startswith(("=", "+", "@", "-", "\t")) for cell in cells)
    assert read(made).lines[0].cells["reason"] == text.strip()
    archive = zipfile.ZipFile(io.BytesIO(writing.write("xlsx", [row])))
    assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert read(writing.write("xlsx", [row])).lines[0].cells["reason"] == text.strip()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_written_is_read_back_as_it_was(kind: str) -> None:
    texts = {name: column.example for name, column in COLUMNS.items()}
    found = read(writing.write(kind, [Row(MARK, texts)], correcting=True))
    shown = {**texts, "rent": "512,30", "charges": "38,00", "arrears_amount": "650,00"}
    for name, text in found.lines[0].cells.items():
        assert COLUMNS[name].read(text) == COLUMNS[name].read(shown[name]) or money.parse(text) == money.parse(
            shown[name]
        )
    assert found.unknown == []


def test_the_workbook_locks_what_must_stay_hides_the_mark_and_says_how_to_fill_it() -> None:
    archive = zipfile.ZipFile(
        io.BytesIO(writing.write("xlsx", [Row(MARK, {"rent": "512,30", "left_on": "15/07/2026"})]))
    )
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<sheetProtection" in sheet
    assert '<col min="1" max="1"' in sheet
    assert 'hidden="1"' in sheet
    assert sheet.count("<dataValidation ") == 14
    assert "Mode d’emploi" in archive.read("xl/workbook.xml").decode()
