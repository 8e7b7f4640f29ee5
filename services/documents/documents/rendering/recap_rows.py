"""The rows of a receipt: each declared fact with its French label, in the order of the journey."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from documents.rendering import french

Row = tuple[str, str]
Facts = Mapping[str, Any]

NOT_GIVEN = "Non renseigné"
HOUSING_TYPES = {"conventioned": "Conventionné", "private": "Privé"}
SHARES = {"whole": "Loyer entier du logement", "tenant_share": "Part du locataire seulement"}


def sections(snapshot: Facts) -> list[dict[str, object]]:
    """Landlord, dwelling, tenant, situation: title and (label, value) rows."""
    parts = (
        ("Bailleur", _landlord(snapshot["landlord"])),
        ("Logement", _dwelling(snapshot["dwelling"])),
        ("Locataire", _tenant(snapshot["tenant"])),
        ("Situation du locataire", _situation(snapshot["situation"])),
    )
    return [{"title": title, "rows": rows} for title, rows in parts]


def rent(declared: Facts, year: int) -> dict[str, object]:
    """Amounts of July in euros, their total, and how they are to be understood."""
    total = declared.get("total") or Decimal(declared["rent"]) + Decimal(declared["charges"])
    return {
        "title": f"Loyer de juillet {year}",
        "rows": [
            ("Loyer hors charges", french.euros(declared["rent"])),
            ("Charges", french.euros(declared["charges"])),
        ],
        "total": french.euros(total),
        "terms": [
            ("Montant déclaré", _label(SHARES, declared["share"])),
            ("Mois de juillet complet", french.yes_no(declared["full_month"])),
            ("Loué meublé", french.yes_no(declared["furnished"])),
        ],
    }


def confirmations(confirmed: Sequence[Facts]) -> list[Row]:
    """What the landlord was asked to confirm, and the reason given."""
    return [(entry["message"], entry.get("reason") or "Confirmé, sans précision") for entry in confirmed]


def corrected(changes: Sequence[Facts | str]) -> list[tuple[str, str, str]]:
    """(information, what the Caf knew, what was declared)."""
    return [_change(entry) for entry in changes]


def _change(entry: Facts | str) -> tuple[str, str, str]:
    if isinstance(entry, str):
        return entry, "", ""
    label = entry.get("label") or entry.get("field") or ""
    return str(label), shown(entry.get("before")), shown(entry.get("after"))


def shown(value: object) -> str:
    """A JSON value as a reader expects it."""
    if value is None or value == "":
        return NOT_GIVEN
    if isinstance(value, bool):
        return french.yes_no(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


def _label(labels: Mapping[str, str], code: str) -> str:
    """A code that this version does not know yet is shown as it came."""
    return labels.get(code, code)


def _landlord(landlord: Facts) -> list[Row]:
    rows: list[Row] = [
        ("Nom ou raison sociale", landlord["name"]),
        ("Adresse", shown(landlord.get("address"))),
        ("Numéro utilisateur", french.user_number(landlord["user_number"])),
    ]
    return [*rows, ("SIRET", french.siret(landlord["siret"]))] if landlord.get("siret") else rows


def _dwelling(dwelling: Facts) -> list[Row]:
    return [
        ("Référence du logement", shown(dwelling.get("reference"))),
        ("Adresse", shown(dwelling.get("address"))),
        ("Commune (code Insee)", shown(dwelling.get("commune"))),
        ("Type de logement", _label(HOUSING_TYPES, dwelling["housing_type"])),
        ("Meublé", shown(dwelling.get("furnished"))),
        ("Chambre", shown(dwelling.get("single_room"))),
    ]


def _tenant(tenant: Facts) -> list[Row]:
    entered = tenant.get("lease_start")
    return [
        ("Numéro d’allocataire", shown(tenant.get("number"))),
        ("Nom et prénom", f"{tenant['last_name']} {tenant['first_name']}"),
        ("Entrée dans le logement", french.day(entered) if entered else NOT_GIVEN),
    ]


def _situation(situation: Facts) -> list[Row]:
    return [*_presence(situation), *_arrears(situation)]


def _presence(situation: Facts) -> list[Row]:
    rows: list[Row] = [("Occupe toujours le logement", french.yes_no(situation["present"]))]
    if not situation["present"]:
        left = situation.get("left_on")
        rows.append(("Date de départ", french.day(left) if left else NOT_GIVEN))
        rows.append(("Nouvelle adresse", shown(situation.get("new_address"))))
    return [*rows, ("Nombre de colocataires", shown(situation.get("co_tenants")))]


def _arrears(situation: Facts) -> list[Row]:
    if situation["rent_up_to_date"]:
        return [("Loyer à jour", "Oui")]
    amount, since = situation.get("arrears_amount"), situation.get("first_default_on")
    return [
        ("Loyer à jour", "Non"),
        ("Montant de l’impayé", french.euros(amount) if amount else NOT_GIVEN),
        ("Premier mois impayé", french.day(since) if since else NOT_GIVEN),
    ]
