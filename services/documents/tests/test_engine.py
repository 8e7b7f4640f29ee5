"""WeasyPrint: what it would only log is an error, it reaches nothing outside, and what it lacks is added."""

import io
import logging
import subprocess
import sys
from datetime import UTC, datetime

import pdf_reading as read
import pikepdf
import pytest
from documents.rendering import engine, standards

AT = datetime(2026, 7, 15, 8, 0, 5, tzinfo=UTC)
# ISO 32000-1, 12.5.3: the annotation is printed; WeasyPrint says so of its links itself.
PRINT = 4
DATA = engine.Attached(name="data.json", description="Données", content=b"{}", dated=AT)
TABLE = (
    "<table><thead><tr><th scope=col>A</th><th scope=col>B</th></tr></thead>"
    "<tbody><tr><th scope=row>C</th><td>D</td></tr></tbody></table>"
)


def page(body: str) -> str:
    return (
        f'<!doctype html><html lang="fr"><title>T</title><meta name="dcterms.created" content="2026-07-15T08:00:05Z">'
        f'<meta name="dcterms.modified" content="2026-07-15T08:00:05Z"><body>{body}</body></html>'
    )


def drawn(body: str, attached: engine.Attached | None = None) -> bytes:
    return engine.write_pdf(page(body), identifier=b"0" * 16, attached=attached)[0]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x.png", "https://evil.example/x.svg", "file:///etc/passwd", "ftp://h/x", "FILE:///etc/hosts"],
)
@pytest.mark.parametrize(
    "use",
    [
        '<img alt="x" src="{0}">',
        '<link rel="stylesheet" href="{0}">',
        '<style>@import url("{0}");</style>',
        '<style>p {{ background: url("{0}") }}</style><p>x</p>',
        '<style>@font-face {{ font-family: X; src: url("{0}") }}</style><p>x</p>',
        '<link rel="attachment" href="{0}">',
        '<object data="{0}">x</object>',
    ],
)
def test_nothing_outside_the_document_is_reached(use: str, address: str) -> None:
    with pytest.raises(engine.FaultyDocument):
        drawn(use.format(address))


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="x" src="data:image/png;base64,AAAA">',
        '<img alt="x" src="data:image/svg+xml,<svg">',
        '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 width=%221%22 height=%221%22/>">',
        "<p>漢字",
        "<p>🏠",
        "<style>p { colour: red }</style><p>x",
    ],
    ids=["image not readable", "image cut short", "image without a text", "ideogram", "emoji", "unknown style"],
)
def test_what_weasyprint_would_only_log_is_an_error(body: str) -> None:
    with pytest.raises(engine.FaultyDocument):
        drawn(body)


def test_the_error_says_nothing_of_what_was_typed() -> None:
    with pytest.raises(engine.FaultyDocument) as refusal:
        drawn("<p>漢字</p><img alt='x' src='data:image/png;base64,TGVHb2Zm'>")
    assert "notdef" in str(refusal.value)
    assert "漢" not in str(refusal.value)
    assert "TGVHb2Zm" not in str(refusal.value)


def test_no_log_holds_what_was_typed(capfd: pytest.CaptureFixture[str]) -> None:
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(engine.FaultyDocument):
            drawn("<p>漢字")
        logging.getLogger("other").warning("shown")
    finally:
        logging.getLogger().removeHandler(handler)
    assert kept.getvalue() == "shown\n"
    assert "漢" not in "".join(capfd.readouterr())


def test_one_faulty_document_does_not_spoil_the_next() -> None:
    with pytest.raises(engine.FaultyDocument):
        drawn("<p>漢字")
    assert read.words(drawn("<p>Bonjour")).startswith("Bonjour")


def test_weasyprint_alone_meets_one_standard_and_what_is_added_makes_it_both() -> None:
    alone = drawn(f'<h1>T</h1><p><a href="https://bailleurs.example">x</a></p>{TABLE}', DATA)
    assert read.unmet(alone) != []
    assert read.unmet(standards.meet_both(alone)) == []


def test_headers_say_whether_they_are_of_a_row_or_of_a_column() -> None:
    headers = [node for node in read.structure(standards.meet_both(drawn(TABLE))) if node["/S"] == "/TH"]
    assert [node["/A"]["/Scope"] for node in headers] == ["/Column", "/Column", "/Row"]


def test_the_attached_file_is_named_once_with_its_type_date_and_relation() -> None:
    with pikepdf.open(io.BytesIO(standards.meet_both(drawn("<p>x", DATA)))) as pdf:
        [attached] = pdf.Root.AF
        assert attached.AFRelationship == "/Data"
        stream = attached.EF.F
        assert (str(stream.Subtype), stream.read_bytes()) == ("/application/json", b"{}")
        assert str(stream.Params.ModDate) == "D:20260715080005Z"


def test_links_are_printed_and_the_metadata_can_be_read_as_text() -> None:
    made = standards.meet_both(drawn('<p><a href="https://bailleurs.example">x</a>'))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b'pdfaid:part="3"' in made
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [int(annotation.F) & PRINT for annotation in pdf.pages[0].obj.Annots] == [PRINT]


PROGRAM = """
import hashlib
from documents.rendering import engine, standards
body = "<h1>É</h1><p>a <b>b</b> <code style='font-family: DejaVu Sans Mono'>c</code>"
page = f'<!doctype html><html lang="fr"><title>T</title><body>{body}</body></html>'
print(hashlib.sha256(standards.meet_both(engine.write_pdf(page, identifier=b"0" * 16)[0])).hexdigest())
"""


def test_another_process_another_folder_and_another_order_of_hashes_give_the_same_bytes(tmp_path: object) -> None:
    def made(seed: str) -> str:
        # No font of the machine, no home: as in the image.
        environment = {"PYTHONHASHSEED": seed, "HOME": str(tmp_path), "FONTCONFIG_PATH": "/nowhere"}
        done = subprocess.run(  # noqa: S603 - fixed words
            [sys.executable, "-c", PROGRAM], env=environment, cwd=str(tmp_path), capture_output=True, text=True,
            check=True, timeout=60,
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout

    assert made("1") == made("2")
