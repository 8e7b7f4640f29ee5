"""The landlords of an invented registry."""

from dataclasses import dataclass

from launcher.demo.registry.draws import Draws
from launcher.demo.registry.names import COMPANIES, PLACES

LEGAL_PERSON = "legal_person"
NATURAL_PERSON = "natural_person"


@dataclass(frozen=True, slots=True)
class Landlord:
    """`address`: the lines of an envelope, the name first; `email`: empty when the Caf has none."""

    kind: str
    user_number: str
    address: tuple[str, ...]
    email: str = ""
    siret: str = ""
    company: str = ""
    civility: str = ""
    last_name: str = ""
    first_name: str = ""

    @property
    def name(self) -> str:
        return self.company or f"{self.civility} {self.first_name} {self.last_name}"

    def columns(self) -> dict[str, str]:
        return {
            "user_number": self.user_number,
            "landlord_kind": self.kind,
            "siret": self.siret,
            "landlord_name": self.company,
            "civility": self.civility,
            "last_name": self.last_name,
            "first_name": self.first_name,
            "email": self.email,
            "landlord_address": "|".join(self.address),
        }


def company(draws: Draws, *, with_email: bool) -> Landlord:
    """A legal person; companies in one file may share a name, never a SIRET."""
    name = f"{draws.one(COMPANIES)} {draws.one(PLACES)}"
    return Landlord(
        kind=LEGAL_PERSON,
        user_number=draws.user_number(),
        siret=draws.siret(),
        company=name,
        email=f"gestion.{draws.token()}@agence.example" if with_email else "",
        address=_address(draws, name),
    )


def person(draws: Draws, *, with_email: bool) -> Landlord:
    """A natural person."""
    who = draws.person()
    return Landlord(
        kind=NATURAL_PERSON,
        user_number=draws.user_number(),
        civility=who.civility,
        last_name=who.last_name,
        first_name=who.first_name,
        email=f"bailleur.{draws.token()}@courriel.example" if with_email else "",
        address=_address(draws, f"{who.civility} {who.first_name} {who.last_name}"),
    )


def _address(draws: Draws, name: str) -> tuple[str, ...]:
    commune = draws.commune("35")
    return name, draws.street(), f"{commune.postal} {commune.name}"
