"""Compares two drafts or versions of a declaration: one row per differing field, in French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chassis.french.formats import euros, short_date

from declaration.domain import communes
from declaration.domain.checks import Code

NOTHING = "–"
# Step -> field -> label, in the order of the steps.
LABELS: dict[str, dict[str, str]] = {
    "information": {
        "address": "Adresse du logement",
        "commune_insee": "Commune",
        "furnished": "Logement meublé",
        "single_room": "Chambre",
        "lease_start": "Entrée du locataire",
    },
    "situation": {
        "present": "Toujours dans le logement",
        "left_on": "Date de départ",
        "new_address": "Nouvelle adresse",
        "co_tenants": "Titulaires du bail",
        "rent_up_to_date": "Loyer à jour",
        "arrears_amount": "Montant de la dette",
        "first_default_on": "Premier impayé",
    },
    "rent": {
        "rent": "Loyer de juillet, hors charges",
        "charges": "Charges de juillet",
        "share": "Loyer entier ou part du locataire",
        "full_month": "Mois de juillet complet",
        "furnished": "Loué meublé",
    },
}
POINTS: dict[str, str] = {
    Code.DIFFERS_FROM_LAST_YEAR: "Écart avec l’an dernier",
    Code.CHARGES_PROBABLY_INCLUDED: "Loyer hors charges",
    Code.ZERO_RENT: "Loyer nul",
    Code.CO_TENANTS_CHANGED: "Changement du nombre de colocataires",
    Code.LEFT_IN_JULY: "Départ en juillet",
    Code.RENT_AFTER_DEPARTURE: "Loyer après le départ",
    Code.FURNISHED_DIFFERS: "Meublé ou vide",
    Code.SHARE_OF_ONE_HOLDER: "Part d’un seul titulaire",
    Code.FULL_MONTH_OF_ENTRY: "Mois complet l’année de l’entrée",
}
_WORDS = {"whole": "loyer entier", "tenant_share": "part du locataire"}
_AMOUNTS = frozenset({"rent", "charges", "arrears_amount"})
_DAYS = frozenset({"lease_start", "left_on", "first_default_on"})


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """`field` (`rent/charges`), `label`, `before` and `after` per difference. Both are stored forms of drafts."""
    found = [
        _row(f"{step}/{name}", label, _shown(name, _value(before, step, name)), _shown(name, _value(after, step, name)))
        for step, labels in LABELS.items()
        for name, label in labels.items()
    ]
    found += [
        _row(f"confirmations/{code}", f"{label} (point à confirmer)", _confirmed(before, code), _confirmed(after, code))
        for code, label in POINTS.items()
    ]
    return [row for row in found if row["before"] != row["after"]]


def _row(field: str, label: str, before: str, after: str) -> dict[str, str]:
    return {"field": field, "label": label, "before": before, "after": after}


def _value(draft: Mapping[str, Any], step: str, name: str) -> Any:
    return (draft.get(step) or {}).get(name)


def _confirmed(draft: Mapping[str, Any], code: str) -> str:
    reason = (draft.get("confirmations") or {}).get(code)
    if reason is None:
        return NOTHING
    return f"confirmé : {reason}" if reason else "confirmé"


def _shown(name: str, value: Any) -> str:
    if value is None or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name == "commune_insee":
        return communes.label(value)
    if name in _AMOUNTS:
        return euros(Decimal(value))
    if name in _DAYS:
        return short_date(date.fromisoformat(value))
    return ", ".join(value) if isinstance(value, list) else _WORDS.get(value, str(value))
