"""The second sheet of a workbook: instructions for the first."""

from collections.abc import Mapping
from typing import Any

from declaration.domain.rows.columns import COLUMNS

# The formats of a workbook, by name; xlsxwriter has no types.
Styles = Mapping[str, Any]
SENTENCES = (
    "Une ligne par locataire. Remplissez les colonnes blanches ; les colonnes grises vous aident à vous y retrouver.",
    "Ne modifiez pas la colonne masquée « Repère » : elle relie chaque ligne à sa déclaration. Une ligne dont les"
    " colonnes grises ne sont pas celles de son repère est refusée.",
    "Une ligne que vous laissez telle quelle n’est pas modifiée. Vous pouvez supprimer des lignes, pas en ajouter.",
    "Renvoyez le fichier depuis « Déclarer un loyer », « Importer un fichier ». Il est d’abord contrôlé : rien n’est"
    " enregistré avant que vous cliquiez sur « Appliquer les lignes valides », et rien n’est transmis à la Caf.",
    "Une information connue de la Caf n’est plus exacte (adresse, commune, date d’entrée) ? Laissez « Informations"
    " exactes » vide et corrigez-la sur la page du locataire.",
    "Points à confirmer : un loyer qui s’écarte de plus de 10 % de l’an dernier, égal au loyer et aux charges connus,"
    " ou nul ; un nombre de titulaires qui change ; un départ en juillet ou avant ; un logement meublé ou vide à"
    " l’inverse de ce qui est connu. « oui » dans « Je confirme » les confirme tous pour cette ligne, avec votre motif"
    " si vous en donnez un.",
    "Une formule compte pour son dernier résultat ; une formule en erreur (#N/A) est refusée. Une feuille masquée n’est"
    " pas lue.",
)


def add(book: Any, styles: Styles) -> None:
    """Adds the instructions sheet to the workbook."""
    sheet = book.add_worksheet("Mode d’emploi")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 70)
    sheet.set_column(2, 2, 24)
    sheet.write_string(0, 0, "Mode d’emploi", styles["head"])
    for line, sentence in enumerate(SENTENCES, start=1):
        sheet.merge_range(line, 0, line, 2, "", styles["wrapped"])
        sheet.write_string(line, 0, sentence, styles["wrapped"])
        sheet.set_row(line, 15 * (1 + len(sentence) // 120))
    first = len(SENTENCES) + 2
    for place, title in enumerate(("Colonne", "Ce qui est attendu", "Par exemple")):
        sheet.write_string(first, place, title, styles["head"])
    for line, column in enumerate(COLUMNS.values(), start=first + 1):
        for place, words in enumerate((column.header, column.rule, column.example)):
            sheet.write_string(line, place, words, styles["wrapped"])
