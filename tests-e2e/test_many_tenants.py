"""Many tenants in the pages themselves: rows, a file, a lot; with and without JavaScript, every page judged."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from launcher.demo.journey.context import Journey
from support import pages
from support.visitor import Visitor

pytestmark = pytest.mark.timeout(600)
NewVisitor = Callable[..., Visitor]
TYPED = {
    "Informations exactes": "oui",
    "Toujours locataire": "oui",
    "Loyer à jour": "oui",
    "Entier ou part": "entier",
    "Charges de juillet": "38",
    "Je confirme": "oui",
    "Motif": "Révision annuelle",
}


def filled(content: bytes) -> bytes:
    """The template, each line filled but the first, whose rent is wrong."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    for rank, row in enumerate(rows):
        row |= TYPED | {"Loyer de juillet hors charges": raised(row["Loyer connu"]) if rank else "12,345"}
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def raised(known: str) -> str:
    """By a quarter: a reason is refused where there is nothing to confirm."""
    return f"{Decimal(known.replace(',', '.')) * 5 / 4:.2f}".replace(".", ",")


def wait_for_end(visitor: Visitor, words: str) -> None:
    """The page says so by itself; without JavaScript one asks for it again."""
    for _try in range(60):
        if visitor.page.get_by_text(words).count():
            break
        visitor.page.wait_for_timeout(1_000)
        if not visitor.scripts:
            visitor.page.reload()
    visitor.page.get_by_text(words).first.wait_for()
    visitor.look()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_landlord_types_rows_sends_a_file_back_and_transmits_all_that_is_complete(
    new_visitor: NewVisitor,
    campaign: Journey,
    tmp_path: Path,
    scripts: bool,
) -> None:
    person = campaign.people[0 if scripts else 1]
    visitor = new_visitor("many-tenants" if scripts else "many-tenants-plain", scripts=scripts)
    pages.sign_in_first(visitor, person)
    visitor.go("/declarer")
    visitor.go("/declarer/tableau")
    pages.type_row(visitor, 0, "12,345")
    visitor.press("Enregistrer")
    assert visitor.page.locator("#l0-rent").input_value() == "12,345"
    pages.type_row(visitor, 0, "480,00")
    visitor.press("Enregistrer")
    assert visitor.page.get_by_text("1 ligne enregistrée").is_visible()
    visitor.go("/declarer/fichier")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Modèle en texte").click()
    sent = tmp_path / "loyers.csv"
    sent.write_bytes(filled(visitor.save(download.value, tmp_path).read_bytes()))
    visitor.page.locator("input[type=file]").set_input_files(sent)
    visitor.press("Envoyer le fichier")
    wait_for_end(visitor, "Télécharger le fichier à corriger")
    visitor.press("Appliquer les lignes valides")
    wait_for_end(visitor, "enregistrées comme brouillons")
    visitor.go("/declarer/lots")
    visitor.press("Transmettre toutes les déclarations complètes")
    wait_for_end(visitor, "Télécharger le récapitulatif du lot")
    with visitor.page.expect_download() as receipt:
        visitor.page.locator("a[href$='recapitulatif.pdf']").click()
    assert visitor.save(receipt.value, tmp_path).read_bytes().startswith(b"%PDF")
    visitor.go("/aide/nombreux-locataires")
