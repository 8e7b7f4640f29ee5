"""Files that nobody should send, over HTTP: each has its defined answer, and nothing else is written."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from chassis import ids
from declaration.domain.registry.columns import COLUMNS
from declaration.settings import DeclarationSettings
from declaration.sheets import extract, layout, reading
from declaration.sheets.reading import REFUSALS
from declaration_cases import LINE
from declaration_desk import FILLED, Desk, named
from declaration_exchange import lot

# Each is made of the template that was downloaded, of which the first line is filled.
Make = Callable[[Desk], bytes]


def typed(**cells: str) -> Make:
    """The template with these cells in its first line."""
    return lambda desk: desk.filled(desk.template(), {**FILLED, **cells})


def altered(change: Callable[[bytes], bytes], **cells: str) -> Make:
    return lambda desk: change(typed(**cells)(desk))


def commas(desk: Desk) -> bytes:
    """Parted by commas, nothing between quotes, as a program made in haste writes: the rent falls in two cells."""
    return typed()(desk).replace(b";", b",")


def loud(file: bytes) -> bytes:
    """The header in capitals, with spaces."""
    head, rest = file.decode("utf-8-sig").split("\r\n", 1)
    return f"{head.upper().replace(';', '  ; ').replace(' ', '   ')}\r\n{rest}".encode()


def cut_in_two(desk: Desk) -> bytes:
    head, first, *rest = typed()(desk).splitlines(keepends=True)
    middle = first.index(b"415,00")
    return b"".join([head, first[:middle] + b"\r\n" + first[middle:], *rest])


def sheet(*rows: list[Any], before: Callable[[Any], None] = lambda _book: None) -> bytes:
    """A workbook; a text that starts with `=` is a formula, after `|` its result."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        before(book)
        page = book.add_worksheet("À remplir")
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, str) and cell.startswith("="):
                    formula, _, result = cell.partition("|")
                    page.write_formula(line, place, formula, None, result)
                else:
                    page.write(line, place, cell)
        page.activate()
        page.set_first_sheet()
    return target.getvalue()


def workbook(**cells: Any) -> Make:
    """The first line as a workbook."""

    def make(desk: Desk) -> bytes:
        row = desk.rows(desk.template())[0]
        row |= {layout.HEADERS[name]: text for name, text in {**FILLED, **cells}.items()}
        return sheet(list(row), list(row.values()))

    return make


def beside_a_hidden_sheet(desk: Desk) -> bytes:
    row = desk.rows(desk.template())[0]

    def hide(book: Any) -> None:
        page = book.add_worksheet("Ancien")
        page.write_row(0, 0, [layout.MARK_HEADER, "Loyer de juillet hors charges"])
        page.write_row(1, 0, [row[layout.MARK_HEADER], "-1"])
        page.hide()

    shown = row | {layout.HEADERS[name]: text for name, text in FILLED.items()}
    return sheet(list(shown), list(shown.values()), before=hide)


def archived(content: bytes, **entries: bytes) -> bytes:
    """The archive with these entries besides."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        for name, held in entries.items():
            archive.writestr(name, held)
    return target.getvalue()


def zipped(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, held in entries.items():
            archive.writestr(name, held)
    return target.getvalue()


def transmitted(desk: Desk) -> bytes:
    """A line for a declaration that was transmitted since the template was taken, with another rent."""
    template = desk.template()
    second = desk.drafts()[1]
    saved = {"rows": [{**named(second), "cells": FILLED}]}
    [answer] = desk.world.put("/drafts", desk.headers, saved).json()["items"]
    path = f"/declarations/{second['id']}/transmission"
    assert desk.world.post(path, desk.headers, **{"If-Match": answer["row"]["etag"]}).status_code == 201
    return desk.filled(template, {}, {**FILLED, "rent": "500"})


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
READY, REFUSED = "ready", "refused"
RENT_CELL = "Loyer de juillet hors charges"
MARK = "Repère (ne pas modifier)"
# What was sent; the code of the refusal of the whole, or what becomes of the first line and where the report points.
FILES: dict[str, tuple[Make, str | tuple[str, list[str]]]] = {
    "UTF-8 with its mark": (altered(lambda file: b"\xef\xbb\xbf" + file.removeprefix(b"\xef\xbb\xbf")), (READY, [])),
    "Windows-1252": (altered(lambda file: file.decode("utf-8-sig").encode("cp1252"), rent="415,00 €"), (READY, [])),
    "UTF-16": (altered(lambda file: file.decode("utf-8-sig").encode("utf-16")), "utf16"),
    "the charset of old Macintoshes": (altered(lambda file: file.decode("utf-8-sig").encode("mac-roman")), "charset"),
    "lines that end as on old Macintoshes": (altered(lambda file: file.replace(b"\r\n", b"\r")), (READY, [])),
    "lines that end as on Unix": (altered(lambda file: file.replace(b"\r\n", b"\n")), (READY, [])),
    "tabulations": (altered(lambda file: file.replace(b";", b"\t")), (READY, [])),
    "bars": (altered(lambda file: file.replace(b";", b"|")), "header"),
    "a line that names the separator": (altered(lambda file: b"sep=;\r\n" + file), (READY, [])),
    "only spaces": (lambda _desk: b" \r\n \r\n", "header"),
    "only the header": (altered(lambda file: file.splitlines(keepends=True)[0]), "no_line"),
    "a header in capitals with spaces": (altered(loud), (READY, [])),
    "a column twice": (altered(lambda file: file.replace(b"Motif", RENT_CELL.encode(), 1)), "twice"),
    "the same line twice": (altered(lambda file: file + file.splitlines(keepends=True)[1]), (READY, [MARK])),
    "a line break in a cell": (typed(rent="415\n,00"), (REFUSED, [RENT_CELL])),
    # What follows the cut is empty in the first half; the second is nobody's line.
    "a line cut in two": (
        cut_in_two,
        (REFUSED, [RENT_CELL, "Charges de juillet", "Entier ou part", "Mois complet", "Loué meublé", MARK]),
    ),
    # The second line too: the rent known of last year is cut there.
    "commas within amounts and between cells": (commas, (REFUSED, ["", ""])),
    "200,000 empty lines": (altered(lambda file: file + b";;;;;\r\n" * 200_000), (READY, [])),
    "5,001 columns": (altered(lambda file: file.replace(b"\r\n", b";x" * 5_001 + b"\r\n")), (READY, [])),
    "a cell of 32 kB": (typed(rent="900", confirm="oui", reason="x" * 32_000), (REFUSED, ["Motif"])),
    "a NUL": (altered(lambda file: file.replace(b"415,00", b"415\x00,00")), "format"),
    "an amount with the euro": (typed(rent="415 €"), (READY, [])),
    "an amount with a dash for cents": (typed(rent="415,-"), (REFUSED, [RENT_CELL])),
    "an amount with its digits apart": (typed(rent="4 1 5"), (REFUSED, [RENT_CELL])),
    "an amount in wide digits": (typed(rent="４１５"), (REFUSED, [RENT_CELL])),
    "a formula in a CSV": (typed(rent="=415"), (REFUSED, [RENT_CELL])),
    "a day that does not exist": (typed(present="non", left_on="31/02/2026"), (REFUSED, ["Date de départ"])),
    "a year of two digits": (typed(present="non", left_on="01/07/26"), (REFUSED, ["Date de départ"])),
    "a year without its century": (typed(present="non", left_on="01/07/0026"), (REFUSED, ["Date de départ"])),
    "a year too many": (typed(present="non", left_on="01/07/9999"), (REFUSED, ["Date de départ"])),
    "a day and its hour": (typed(present="non", left_on="2026-07-01T10:00"), (REFUSED, ["Date de départ"])),
    "a workbook": (workbook(rent=415, charges=38.0), (READY, [])),
    "numbers and days as texts": (
        workbook(present="non", left_on="2025-07-15", rent="415,00"),
        (READY, ["Je confirme"]),
    ),
    "a formula with its result": (workbook(rent="=400+15|415"), (READY, [])),
    "formulas that failed": (
        workbook(rent="=NA()|#N/A", charges="=1/0|#DIV/0!"),
        (REFUSED, [RENT_CELL, "Charges de juillet"]),
    ),
    "a hidden sheet before": (beside_a_hidden_sheet, (READY, [])),
    "a path out of the archive": (lambda desk: archived(workbook()(desk), **{"../../../evil": b"x"}), (READY, [])),
    "an archive of paths": (lambda _desk: zipped(**{"../../evil": b"x"}), "format"),
    "a text document": (lambda _desk: zipped(**{"word/document.xml": b"<x/>"}), "format"),
    "an old workbook under a new name": (lambda _desk: OLD, "format"),
    "a LibreOffice workbook under a new name": (
        lambda _desk: zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<x/>"}),
        "format",
    ),
    "a workbook behind a password": (lambda _desk: OLD + "EncryptedPackage".encode("utf-16-le"), "password"),
    "a web page under the name of a workbook": (lambda _desk: "<html>Repère;Loyer".encode(), "format"),
    "a line for a transmitted declaration": (transmitted, (REFUSED, [""])),
    "a line of another landlord": (typed(mark=layout.mark(ids.new_id(), 1)), (REFUSED, [MARK])),
}


def opened_here(content: bytes, settings: DeclarationSettings) -> extract.Extracted | extract.RefusedFile:
    try:
        return extract.extracted(content, settings.import_max_lines)
    except extract.Refused as refusal:
        return {"refused": str(refusal), "where": refusal.where}


HEAD = ";".join(COLUMNS)
ROW = ";".join(LINE.get(name, "") for name in COLUMNS)
# The Caf's registry: what was sent; the words of the refusal of the whole, or lines taken and where the report points.
REGISTRIES: dict[str, tuple[bytes, str | tuple[int, list[tuple[int, str]]]]] = {
    "UTF-8 with its mark": (f"{HEAD}\r\n{ROW}\r\n".encode("utf-8-sig"), (1, [])),
    "Windows-1252": (f"{HEAD}\n{ROW}\n{ROW.replace('Adam', 'Zoé')}\n".encode("cp1252"), (1, [(3, "")])),
    "UTF-16": (f"{HEAD}\n{ROW}\n".encode("utf-16"), "pas enregistré en UTF-8"),
    "lines that end as on old Macintoshes": (f"{HEAD}\r{ROW}\r".encode(), "n’est pas lisible"),
    "a header in capitals with spaces": (f"{HEAD.upper().replace(';', ' ; ')}\n{ROW}\n".encode(), (1, [])),
    "only the header": (f"{HEAD}\n".encode(), (0, [])),
    "a column twice": (f"{HEAD};siret\n{ROW};\n".encode(), "deux fois"),
    "the same line twice": (f"{HEAD}\n{ROW}\n{ROW}\n".encode(), (2, [])),
    "a line cut in two": (f"{HEAD}\n{ROW[:60]}\n{ROW[60:]}\n".encode(), (0, [(2, ""), (3, "")])),
    "empty lines at the end": (f"{HEAD}\n{ROW}\n\n\n".encode(), (1, [])),
    "a NUL in a value": (f"{HEAD}\n{ROW}\n".replace("DEUJOURS", "DEU\0JOURS").encode(), (0, [(2, "tenant_last_name")])),
    "a NUL in the name of a column": (f"{HEAD};re\0marque\n{ROW};x\n".encode(), (1, [])),
    "5,001 columns": (f"{HEAD}{';x' * 5_001}\n{ROW}{';y' * 5_001}\n".encode(), (1, [])),
    "a year without its century": (f"{HEAD}\n{ROW.replace('2016', '0016')}\n".encode(), (0, [(2, "lease_start")])),
    "a workbook": (sheet(list(COLUMNS), ROW.split(";")), "UTF-8"),
}


def test_each_registry_file_has_its_defined_answer(world: Any) -> None:
    found, wanted = dict[str, object](), dict[str, object]()
    for name, (content, expected) in REGISTRIES.items():
        file = {"file": ("registre.csv", content, "text/csv")}
        sent = world.harness.client.post("/api/declaration/v1/registry-imports", headers=world.agent(), files=file)
        world.harness.run_job("read registry files")
        path = f"/registry-imports/{sent.json()['id']}"
        done = world.get(path, world.agent()).json()
        said = world.get(f"{path}/errors", world.agent()).json()["items"]
        assert all(item["message"] and item["rule"] and item["example"] for item in said), name
        assert len(done["unknown_columns"]) <= 100, name
        if isinstance(expected, str):
            found[name], wanted[name] = (done["status"], expected in (done["refusal"] or "")), ("refused", True)
        else:
            found[name] = (done["status"], done["lines_good"], [(item["line"], item["column"]) for item in said])
            wanted[name] = ("done", *expected)
    assert found == wanted


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register(lot(1), lot(2))
    world.open_campaign()
    return Desk(world, world.landlord())


def test_each_file_has_its_defined_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if desk.world.harness.runtime.engine.dialect.name != "sqlite":
        # Half a minute of processes was spent on SQLite: what opens the files knows of no database.
        monkeypatch.setattr(reading, "_opened", opened_here)
    found, wanted = dict[str, object](), dict[str, object]()
    for name, (make, expected) in FILES.items():
        answer = desk.checked(make(desk))
        if isinstance(expected, str):
            found[name], wanted[name] = answer["refusal"], REFUSALS[expected]
            continue
        said = desk.errors(answer["id"])["items"]
        assert all(item["message"] and item["rule"] and item["example"] for item in said), name
        outcome, columns = expected
        found[name] = (answer["status"], answer["ready"], [item["column"] for item in said])
        wanted[name] = ("checked", 1 if outcome == READY else 0, columns)
    assert found == wanted
    # Nothing was asked to be applied: what is drawn up is what the last case saved and transmitted itself.
    assert [row["channel"] for row in desk.world.harness.rows("state_transition") if row["event"] != "open"] == [
        "web",
        "web",
    ]
