"""The receipt, read back by other libraries: what it says, what it is, and that nobody can make it say more."""

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pdf_reading as read
import pytest
from documents.rendering import recap_rows
from documents.rendering.recap import Recap, render_recap
from documents_world import Data
from pypdf import PdfReader

BuildRecap = Callable[..., Recap]

MARKUP = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% include 'recap.html' %}",
    "</td></tr></table><h1>",
    "@import url(http://evil.example/a.css);",
    '"><img src="file:///etc/passwd">',
    "&lt;b&gt; &amp;nbsp;",
    "]]> --> <!--",
]
HOSTILE = [
    *MARKUP,
    "محمد שלום Ωμέγα",
    "🏠 漢字",
    "a\x00\x07b",
    "\u202egnitset",
    "W" * 5000,
]


def test_the_receipt_says_who_declared_what_to_whom_and_when(recap: BuildRecap) -> None:
    text = read.words(render_recap(recap()).pdf)
    for expected in (
        "Caf d’Ille-et-Vilaine", "Cours des Alliés", "Téléphone : 32 30",
        "Déclaration reçue le 15 juillet 2026 à 10 h 00 min 05 s", "2026-07-15T08:00:05Z",
        "SCI LES TILLEULS", "359 00007090001", "123 456 782 00012",
        "2 RUE GINA PANE, 35000 RENNES", "Conventionné", "1234567A", "DEUJOURS Adam", "1er septembre 2021",
        "612,00 €", "1er mai 2026", "1 412,50 €", "58,00 €", "1 470,50 €",
        "Le loyer diffère de plus de 10 %.", "Révision annuelle", "2 RUE GINA PAN ", "L. 112-11",
        "R26-7K2M-Q9XT-4B8D-HW3N", "1er janvier 2027",
    ):  # fmt: skip
        assert expected in text, expected


def test_a_receipt_meets_every_rule_of_pdf_ua_1_and_pdf_a_3a(recap: BuildRecap) -> None:
    assert read.unmet(render_recap(recap()).pdf) == []


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_type_is_printed_and_never_interpreted(typed: str, recap: BuildRecap, snapshot: Data) -> None:
    snapshot["tenant"]["last_name"] = typed
    snapshot["confirmations"][0]["reason"] = typed
    pdf = render_recap(recap(snapshot=snapshot)).pdf
    assert read.unmet(pdf) == []
    if typed in MARKUP:
        # A long word is cut at the edge of its cell.
        assert read.words(pdf).replace(" ", "").count(typed.replace(" ", "")) == 2


def test_a_tenant_with_one_name_only_is_printed_without_a_stray_space(snapshot: Data) -> None:
    rows = recap_rows._tenant({**snapshot["tenant"], "first_name": ""}, snapshot["information"])
    assert ("Nom et prénom", "DEUJOURS") in rows


def test_a_character_that_no_font_has_leaves_a_visible_mark(recap: BuildRecap, snapshot: Data) -> None:
    snapshot["tenant"]["last_name"] = "LE 🏠"
    assert "LE \N{REPLACEMENT CHARACTER} Adam" in read.words(render_recap(recap(snapshot=snapshot)).pdf)


def test_a_name_of_five_thousand_letters_stays_inside_the_margins(recap: BuildRecap, snapshot: Data) -> None:
    snapshot["tenant"]["last_name"] = "W" * 5000
    rendered = render_recap(recap(snapshot=snapshot))
    rightmost = max(box[2] for number in range(rendered.pages) for box in read.boxes(rendered.pdf, number))
    assert rightmost <= 191
    assert read.words(rendered.pdf).replace(" ", "").count("W") >= 5000


def test_threads_that_draw_at_once_make_the_same_bytes(recap: BuildRecap) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: render_recap(recap()).pdf, range(6)))
    assert set(made) == {render_recap(recap()).pdf}


def test_the_ordinary_receipt_is_one_sheet_with_rent_and_reference_at_its_top(recap: BuildRecap) -> None:
    rendered = render_recap(recap())
    assert rendered.pages == 1
    top = " ".join(text for _, _, _, bottom, text in read.boxes(rendered.pdf) if bottom < 85)
    assert "1 470,50 €" in top.replace("\u202f", " ").replace("\u00a0", " ")
    assert recap().reference in top


@pytest.mark.parametrize("lines", [6, 40])
def test_a_longer_receipt_goes_on_over_the_next_sheets_and_loses_nothing(
    recap: BuildRecap, snapshot: Data, lines: int
) -> None:
    snapshot["confirmations"] = [
        {"code": "rent_gap", "message": f"Point {number}. " + "Le loyer diffère. " * 20, "reason": f"Motif {number}."}
        for number in range(lines)
    ]
    rendered = render_recap(recap(snapshot=snapshot))
    assert rendered.pages > 1
    text = read.words(rendered.pdf)
    assert [number for number in range(lines) if f"Point {number}." not in text or f"Motif {number}." not in text] == []
    assert read.unmet(rendered.pdf) == []


def test_the_code_on_the_page_opens_the_public_verification(recap: BuildRecap) -> None:
    pdf = render_recap(recap()).pdf
    assert read.codes(pdf) == ["https://bailleurs.example/v/R26-7K2M-Q9XT-4B8D-HW3N"]
    figures = [node for node in read.structure(pdf) if node["/S"] == "/Figure"]
    assert len(figures) == 1
    assert "page de vérification" in figures[0]["/Alt"]


def test_the_attached_data_have_the_printed_hash(recap: BuildRecap) -> None:
    pdf = render_recap(recap()).pdf
    attached = PdfReader(io.BytesIO(pdf)).attachments["declaration.json"][0]
    assert hashlib.sha256(attached).hexdigest() == recap().sha256
    assert recap().sha256 in read.words(pdf)


def test_only_a_late_declaration_is_marked_late(recap: BuildRecap) -> None:
    assert "hors délai" not in read.words(render_recap(recap()).pdf)
    assert "hors délai" in read.words(render_recap(recap(late=True)).pdf)


def test_a_receipt_of_paper_says_the_day_it_arrived(recap: BuildRecap) -> None:
    assert "arrivée le" not in read.words(render_recap(recap(channel="paper")).pdf)
    words = read.words(render_recap(recap(channel="paper", received_on="2026-09-01")).pdf)
    assert "sur papier, attestation arrivée le 1er septembre 2026" in words
    posted = recap(channel="paper", received_on="2026-09-01", posted_on="2026-08-30")
    words = read.words(render_recap(posted).pdf)
    assert "postée le 30 août 2026 (cachet de la poste), arrivée le 1er septembre 2026" in words


def test_a_correction_says_that_it_replaces_what_came_before(recap: BuildRecap) -> None:
    assert "remplace" not in read.words(render_recap(recap()).pdf)
    assert "Version 2, qui remplace la version précédente" in read.words(render_recap(recap(version=2)).pdf)


def test_a_screen_reader_finds_language_title_and_table_headers(recap: BuildRecap) -> None:
    pdf = render_recap(recap()).pdf
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert str(root["/Lang"]).lower().startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds = [node["/S"] for node in read.structure(pdf)]
    assert kinds.count("/H1") == 1
    assert kinds.count("/TH") >= 2 * kinds.count("/Table")
    scopes = {node["/A"]["/Scope"] for node in read.structure(pdf) if node["/S"] == "/TH"}
    assert scopes == {"/Row", "/Column"}


def test_fonts_are_ours_and_embedded(recap: BuildRecap) -> None:
    fonts = read.fonts(render_recap(recap()).pdf)
    assert fonts
    assert all(fonts.values())
    assert all("+DejaVu-Sans-" in name for name in fonts)


@pytest.mark.parametrize("up_to_date", [True, False])
def test_amounts_and_their_total_stay_on_one_page(recap: BuildRecap, snapshot: Data, up_to_date: bool) -> None:
    snapshot["situation"]["rent_up_to_date"] = up_to_date
    reader = PdfReader(io.BytesIO(render_recap(recap(snapshot=snapshot)).pdf))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert ["Loyer hors charges" in page for page in pages] == ["Total" in page for page in pages]


def test_the_page_count_is_that_of_the_file(recap: BuildRecap) -> None:
    rendered = render_recap(recap())
    assert rendered.pages == len(PdfReader(io.BytesIO(rendered.pdf)).pages)


def test_a_dwelling_corrected_by_the_landlord_is_printed_as_declared(recap: BuildRecap, snapshot: Data) -> None:
    snapshot["information"] |= {"address": ["4 RUE GINA PANE", "35000 RENNES"], "commune_insee": "35047"}
    text = read.words(render_recap(recap(snapshot=snapshot)).pdf)
    assert "Adresse 4 RUE GINA PANE, 35000 RENNES" in text
    assert "Commune 35047" in text


def test_a_tenant_who_left_has_a_departure_and_no_address_when_unknown(recap: BuildRecap, snapshot: Data) -> None:
    snapshot["situation"] |= {"present": False, "left_on": "2026-07-20", "rent_up_to_date": True}
    text = read.words(render_recap(recap(snapshot=snapshot)).pdf)
    assert "Date de départ 20 juillet 2026" in text
    assert "Nouvelle adresse Non renseigné" in text
    assert "Montant de l’impayé" not in text
