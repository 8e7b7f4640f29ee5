"""Columns that identify a row's tenant: shown, never to be changed, and compared with the declaration of its mark.

In a spreadsheet the marks may shift against the tenants. A row is accepted only for the tenant that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from declaration.domain.rows import same
from declaration.domain.rows.errors import CellError
from declaration.domain.rows.same import no_failure

TENANT_NUMBER = "tenant_number"
OTHER_TENANT, TENANT_MISSING, CHANGED_SINCE = "other_tenant", "tenant_missing", "known_changed"
ILLEGIBLE = "illegible"


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """`same` compares the stated value with the known one; `legible`: whether the text can be a value of it at all.

    `identifies`: the Caf never changes it, so another value means another tenant or another dwelling.
    """

    header: str
    same: Callable[[str, str], bool]
    legible: Callable[[str], bool] = no_failure
    identifies: bool = False


KNOWN_COLUMNS: dict[str, KnownColumn] = {
    TENANT_NUMBER: KnownColumn("N° allocataire", same.words, identifies=True),
    "tenant": KnownColumn("Locataire", same.words),
    "dwelling": KnownColumn("Logement", same.reference, identifies=True),
    "address": KnownColumn("Adresse connue", same.words),
    "lease_start": KnownColumn("Entrée connue", same.day, same.is_day),
    "previous_rent": KnownColumn("Loyer connu", same.amount, same.is_amount),
    "previous_charges": KnownColumn("Charges connues", same.amount, same.is_amount),
}
_TOGETHER = "dans un fichier, le repère et les colonnes grises d’une ligne restent ensemble"
_AS_KNOWN = "les colonnes grises ne se modifient pas ; une information inexacte se corrige sur la page du locataire"


def differing(stated: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Columns whose stated value differs from the known one; an empty cell states nothing."""
    return [
        name
        for name, column in KNOWN_COLUMNS.items()
        if stated.get(name, "").strip() and not column.same(stated[name], known[name])
    ]


def of_another(stated: Mapping[str, str], known: Mapping[str, str]) -> list[CellError]:
    """Errors, per column, of a row that names another tenant than its mark's; empty when it names the right one."""
    differ = differing(stated, known)
    if not any(KNOWN_COLUMNS[name].identifies for name in differ):
        return []
    detail = (
        "Cette ligne nomme un autre locataire ou un autre logement que celui de sa déclaration : rien n’en est"
        " enregistré."
    )
    return [CellError(name, OTHER_TENANT, detail, _TOGETHER, known[name] or "(vide)") for name in differ]


def illegible(stated: Mapping[str, str], known: Mapping[str, str]) -> list[CellError]:
    """Errors for unreadable cells, reported even on a row that would change nothing."""
    detail = "Cette cellule n’est pas lisible. Elle ne se modifie pas : remettez-y ce que la Caf connaît."
    return [
        CellError(name, ILLEGIBLE, detail, _AS_KNOWN, known[name] or "(vide)")
        for name, column in KNOWN_COLUMNS.items()
        if stated.get(name, "").strip() and not column.legible(stated[name])
    ]


def without_tenant(stated: Mapping[str, str], known: Mapping[str, str]) -> list[CellError]:
    """The error for a row that would change something and names no tenant."""
    if stated.get(TENANT_NUMBER, "").strip():
        return []
    detail = "Le n° allocataire est absent : rien ne montre que cette ligne est celle du locataire de son repère."
    return [CellError(TENANT_NUMBER, TENANT_MISSING, detail, _TOGETHER, known[TENANT_NUMBER])]


def changed_since(stated: Mapping[str, str], known: Mapping[str, str]) -> list[CellError]:
    """Errors for known values that the Caf corrected since the row was shown, or overwritten; the tenant is right."""
    return [
        CellError(
            name,
            CHANGED_SINCE,
            "Cette information a changé depuis que vous avez reçu la ligne, ou a été modifiée ici : la Caf connaît"
            f" maintenant « {known[name] or 'vide'} ». Vérifiez la ligne, puis renvoyez-la avec cette valeur.",
            _AS_KNOWN,
            known[name] or "(vide)",
        )
        for name in differing(stated, known)
    ]
