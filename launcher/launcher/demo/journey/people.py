"""The people of the journey: a company and two persons, one of whom can only be reached by post."""

import secrets

from launcher.demo.journey.context import Person
from launcher.demo.registry import Landlord, Registry

# Unrelated words: long, easy to type, and in no list of breached passwords.
WORDS = (
    "lagune",
    "tracteur",
    "violette",
    "moufle",
    "granit",
    "sardine",
    "oriflamme",
    "pantoufle",
    "nacelle",
    "bigorneau",
)


def own_password() -> str:
    """Five words and a number, longer than the required 15 characters."""
    return " ".join([*(secrets.choice(WORDS) for _ in range(5)), str(secrets.randbelow(1000))])


def cast(registry: Registry) -> list[Person]:
    return [
        _person("personne morale, par courriel", registry.agency, "Mme", "LE GOFF", "Nolwenn"),
        _person("personne physique, par courriel", registry.owner),
        _person("personne physique, par courrier", registry.neighbour),
    ]


def _person(label: str, landlord: Landlord, civility: str = "", last_name: str = "", first_name: str = "") -> Person:
    return Person(
        label=label,
        landlord=landlord,
        civility=civility or landlord.civility,
        last_name=last_name or landlord.last_name,
        first_name=first_name or landlord.first_name,
        email=landlord.email or f"depuis.le.courrier.{secrets.token_hex(5)}@courriel.example",
        own_password=own_password(),
    )
