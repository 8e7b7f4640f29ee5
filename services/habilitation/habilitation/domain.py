"""Rules of habilitation, as pure functions: roles, groups, zones and the resulting perimeter."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.french import communes
from chassis.french.housing import HOUSING_GROUPS
from chassis.french.zones import WHOLE_COUNTRY
from chassis.problems import FieldError, Invalid

ADMINISTRATOR = "administrator"
DELEGATE = "delegate"
USER = "user"
ROLES = {ADMINISTRATOR: "Administrateur", DELEGATE: "Responsable d’habilitation", USER: "Utilisateur"}

DELEGATION_WANTED = "Choisissez tous les groupes, ou cochez-en au moins un."

CIVILITIES = {"M.": "Monsieur", "Mme": "Madame"}
# A natural person has one account and the registry's perimeter: only a legal person has users and groups.
LEGAL_PERSON = "legal_person"
NATURAL_PERSON = "natural_person"
LABEL_LENGTH = 120
# Per user, whoever asks.
MOST_REISSUES, REISSUES_WITHIN = 3, timedelta(hours=24)
LABEL_TAKEN = "Un groupe de votre organisme porte déjà ce nom."


@dataclass(frozen=True, order=True)
class Scope:
    """Dwellings of one type in one zone."""

    housing_type: str
    zone: str

    def to_json(self) -> dict[str, str]:
        return {"housing_type": self.housing_type, "zone": self.zone}


def role_of(*, administrator: bool, delegate: bool) -> str:
    """The person's role; being administrator takes precedence over a delegation."""
    if administrator:
        return ADMINISTRATOR
    return DELEGATE if delegate else USER


def check_delegation(all_groups: bool, groups: Collection[UUID]) -> None:
    """Raises Invalid unless the delegation covers either all groups or a list of groups, not both."""
    if all_groups == bool(groups):
        raise Invalid([FieldError(pointer="/groups", code="groups", detail=DELEGATION_WANTED)])


def union(groups: Iterable[Iterable[Scope]]) -> list[Scope]:
    """A user's perimeter: the distinct scopes of their groups, sorted."""
    return sorted({scope for group in groups for scope in group})


def automatic_label(scope: Scope) -> str:
    """Label of an automatic group: housing type and geographic zone."""
    return f"{HOUSING_GROUPS[scope.housing_type]} – département {scope.zone}"


def label_key(label: str) -> str:
    """Key by which two labels are the same: ignores case and extra spaces."""
    return " ".join(label.casefold().split())


def free_label(label: str, taken: Collection[str]) -> str:
    """`label`, or the first of « label (2) », « label (3) »… whose key is free."""
    found, number = label, 1
    while label_key(found) in taken:
        number += 1
        ending = f" ({number})"
        found = label[: LABEL_LENGTH - len(ending)] + ending
    return found


def label_taken() -> Invalid:
    """The error for a label that another group already has."""
    rule = "un nom par groupe, sans compter majuscules et espaces"
    error = FieldError(
        pointer="/label", code="taken", detail=LABEL_TAKEN, rule=rule, example="Agence de Rennes – logements privés"
    )
    return Invalid([error])


def is_zone_of(zone: str, departements: Collection[str]) -> bool:
    """True for a département with dwellings, an official commune in one of them, or the whole country."""
    if zone == WHOLE_COUNTRY or zone in departements:
        return True
    return zone in communes.names() and communes.departement(zone) in departements


def checked_scopes(scopes: Iterable[Scope], departements: Collection[str]) -> list[Scope]:
    """Raises Invalid listing each zone that does not exist or in which the organisation has no dwelling."""
    scopes, where = list(scopes), sorted(departements)
    errors = [
        FieldError(
            pointer=f"/scopes/{index}/zone",
            code="zone",
            detail="Votre organisme n’a pas de logement dans cette zone, ou elle n’existe pas.",
            rule=f"un de vos départements ({', '.join(where)}), une de leurs communes, ou FR pour le pays entier",
            example=where[0] if where else WHOLE_COUNTRY,
        )
        for index, scope in enumerate(scopes)
        if not is_zone_of(scope.zone, departements)
    ]
    if errors:
        raise Invalid(errors)
    return sorted(set(scopes))


def wait_before_reissue(latest: Sequence[datetime], now: datetime) -> timedelta:
    """Zero if a user's credentials may be issued again. `latest`: times of the issues within REISSUES_WITHIN, latest
    first."""
    if len(latest) < MOST_REISSUES:
        return timedelta(0)
    return latest[MOST_REISSUES - 1] + REISSUES_WITHIN - now
