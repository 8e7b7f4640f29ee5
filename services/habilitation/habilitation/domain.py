"""The rules of habilitation, pure: roles, groups, zones and the perimeter they give."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from chassis.problems import FieldError, Invalid

HOUSING_TYPES = {"conventioned": "Logements conventionnés", "private": "Logements privés"}

ADMINISTRATOR = "administrator"
DELEGATE = "delegate"
USER = "user"
ROLES = {ADMINISTRATOR: "Administrateur", DELEGATE: "Responsable d’habilitation", USER: "Utilisateur"}

DELEGATION_WANTED = "Choisissez tous les groupes, ou cochez-en au moins un."

CIVILITIES = {"M.": "Monsieur", "Mme": "Madame"}
COUNTRY = "FR"
# A zone is a département (35, 2A, 971), a commune of the official geographic code (35238, 2A004) or the country.
ZONE = re.compile(r"FR|\d{2}|2[AB]|97\d|\d{5}|2[AB]\d{3}")


@dataclass(frozen=True, order=True)
class Scope:
    """Dwellings of one type in one zone."""

    housing_type: str
    zone: str

    def to_json(self) -> dict[str, str]:
        return {"housing_type": self.housing_type, "zone": self.zone}


def role_of(*, administrator: bool, delegate: bool) -> str:
    """What a person is called; an administrator has no need of a delegation."""
    if administrator:
        return ADMINISTRATOR
    return DELEGATE if delegate else USER


def check_delegation(all_groups: bool, groups: Collection[UUID]) -> None:
    """Raises Invalid unless it is for all groups or for some, said once."""
    if all_groups == bool(groups):
        raise Invalid([FieldError(pointer="/groups", code="groups", detail=DELEGATION_WANTED)])


def union(groups: Iterable[Iterable[Scope]]) -> list[Scope]:
    """A user's perimeter: all that their groups allow, each once, in a stable order."""
    return sorted({scope for group in groups for scope in group})


def automatic_label(scope: Scope) -> str:
    """The name of a group that exists from the start: type of dwellings and geographic zone."""
    return f"{HOUSING_TYPES[scope.housing_type]} – département {scope.zone}"


def checked_scopes(scopes: Iterable[Scope]) -> list[Scope]:
    """Raises Invalid naming each zone that cannot exist."""
    scopes = list(scopes)
    errors = [
        FieldError(
            pointer=f"/scopes/{index}/zone",
            code="zone",
            detail="Cette zone n’existe pas.",
            rule="un département (35, 2A, 971), une commune (35238) ou FR pour le pays entier",
            example="35",
        )
        for index, scope in enumerate(scopes)
        if not ZONE.fullmatch(scope.zone)
    ]
    if errors:
        raise Invalid(errors)
    return sorted(set(scopes))
