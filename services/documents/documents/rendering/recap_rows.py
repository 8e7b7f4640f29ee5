"""The rows of a recap: each declared fact with its French label, in the order of the form's pages."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict

from chassis.french.housing import HOUSING_TYPES
from chassis.texts import full_name

from documents.rendering import french
from documents.rendering.address import below_name

Row = tuple[str, str]
Facts = Mapping[str, Any]

NOT_GIVEN = "Non renseigné"
# Characters: an address of six lines takes as many lines of a column.
SHORT = 230
SHARES = {"whole": "Loyer entier du logement", "tenant_share": "Part du locataire seulement"}


class Section(TypedDict):
    """A title and its (label, value) rows."""

    title: str
    rows: list[Row]


def columns(snapshot: Facts) -> list[list[Section]]:
    """Sections in two columns, the first below the rent; in one when a value is too long for half a page."""
    information = snapshot["information"]
    landlord = Section(title="Bailleur", rows=_landlord(snapshot["landlord"]))
    dwelling = Section(title="Logement", rows=_dwelling(snapshot["dwelling"], information))
    tenant = Section(title="Locataire", rows=_tenant(snapshot["tenant"], information))
    situation = Section(title="Situation du locataire", rows=_situation(snapshot["situation"]))
    sections = [landlord, dwelling, tenant, situation]
    short = all(len(value) <= SHORT for section in sections for _, value in section["rows"])
    return [[landlord, tenant], [dwelling, situation]] if short else [sections]


def rent(declared: Facts, year: int) -> dict[str, object]:
    """July amounts in euros, their total, and how to read them."""
    total = declared.get("total") or Decimal(declared["rent"]) + Decimal(declared["charges"])
    return {
        "title": f"Loyer de juillet {year}",
        "rows": [
            ("Loyer hors charges", french.euros(declared["rent"])),
            ("Charges", french.euros(declared["charges"])),
            ("Total", french.euros(total)),
        ],
        "total": french.euros(total),
        "terms": [
            ("Montant déclaré", _label(SHARES, declared["share"])),
            ("Mois de juillet complet", french.yes_no(declared["full_month"])),
            ("Loué meublé", french.yes_no(declared["furnished"])),
        ],
    }


def confirmations(confirmed: Sequence[Facts]) -> list[Row]:
    """The confirmations asked of the landlord, and the reason given."""
    return [(entry["message"], entry.get("reason") or "Confirmé, sans précision") for entry in confirmed]


def corrected(changes: Sequence[Facts]) -> list[tuple[str, str, str]]:
    """Rows (information, the Caf's value, the declared value)."""
    return [(entry["label"], shown(entry["before"]), shown(entry["after"])) for entry in changes]


def shown(value: object) -> str:
    """A JSON value formatted for a reader."""
    if value is None or value == "":
        return NOT_GIVEN
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)


def _label(labels: Mapping[str, str], code: str) -> str:
    """The label of a code; an unknown code is shown unchanged."""
    return labels.get(code, code)


def _landlord(landlord: Facts) -> list[Row]:
    rows: list[Row] = [
        ("Nom ou raison sociale", landlord["name"]),
        ("Adresse", ", ".join(below_name(landlord["name"], landlord["address"]))),
        ("Numéro utilisateur", french.user_number(landlord["user_number"])),
    ]
    return [*rows, ("SIRET", french.siret(landlord["siret"]))] if landlord.get("siret") else rows


def _dwelling(dwelling: Facts, declared: Facts) -> list[Row]:
    """The dwelling as verified by the landlord: corrections of the Caf's information are in `declared`."""
    known = str(dwelling["commune"])
    commune = known if known.startswith(declared["commune_insee"]) else declared["commune_insee"]
    return [
        ("Référence du logement", dwelling["reference"]),
        ("Adresse", shown(declared["address"])),
        ("Commune", commune),
        ("Type de logement", _label(HOUSING_TYPES, dwelling["housing_type"])),
        ("Meublé", french.yes_no(declared["furnished"])),
        ("Chambre", french.yes_no(declared["single_room"])),
    ]


def _tenant(tenant: Facts, declared: Facts) -> list[Row]:
    return [
        ("Numéro d’allocataire", tenant["number"]),
        ("Nom et prénom", full_name(tenant["last_name"], tenant["first_name"])),
        ("Entrée dans le logement", french.day(declared["lease_start"])),
    ]


def _situation(situation: Facts) -> list[Row]:
    return [*_presence(situation), *_arrears(situation)]


def _presence(situation: Facts) -> list[Row]:
    rows: list[Row] = [("Occupe toujours le logement", french.yes_no(situation["present"]))]
    if not situation["present"]:
        left = situation.get("left_on")
        rows.append(("Date de départ", french.day(left) if left else NOT_GIVEN))
        rows.append(("Nouvelle adresse", shown(situation.get("new_address"))))
    sharing = situation["co_tenants"]
    return [*rows, ("Colocation", f"{sharing} colocataires" if sharing > 1 else "Non")]


def _arrears(situation: Facts) -> list[Row]:
    if situation["rent_up_to_date"]:
        return [("Loyer à jour", "Oui")]
    amount, since = situation.get("arrears_amount"), situation.get("first_default_on")
    return [
        ("Loyer à jour", "Non"),
        ("Montant de l’impayé", french.euros(amount) if amount else NOT_GIVEN),
        ("Premier mois impayé", french.day(since) if since else NOT_GIVEN),
    ]
