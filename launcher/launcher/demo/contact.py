"""The Caf's contact in the demonstration, as printed on letters and receipts."""

from typing import TypedDict


class CafContact(TypedDict):
    name: str
    telephone: str
    address: list[str]
    reference: str


# The service, its address and its telephone: CRPA L. 112-11.
CONTACT: CafContact = {
    "name": "Caf d’Ille-et-Vilaine",
    "telephone": "3230",
    "address": ["CAF D ILLE ET VILAINE", "COURS DES ALLIES", "35028 RENNES CEDEX 9"],
    "reference": "CG : B89",
}
