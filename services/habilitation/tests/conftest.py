"""An organisation with one legal person in two départements, as the registry makes it appear."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from chassis import clock, ids
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from habilitation.app import service

SIRET = "73282932000074"


@dataclass
class World:
    harness: Harness
    organisation_id: UUID

    def activate(self, account_id: UUID, last_name: str = "Martin") -> None:
        data = {
            "account_id": str(account_id),
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            "kind": "landlord",
            "activated_at": clock.iso(clock.now()),
            "version": 1,
        }
        person = {"civility": "Mme", "last_name": last_name, "first_name": "Anne", "email": "a@lices.example"}
        self.harness.deliver("identity.account_activated.v1", data, person)

    def register(
        self,
        caf_code: str = "359",
        user_number: str = "35900007090001",
        name: str = "REGIE DES LICES",
        kind: str = "legal_person",
        *,
        version: int = 1,
        moves: int = 0,
    ) -> None:
        data = {
            "landlord_id": str(ids.new_id()),
            "organisation_id": str(self.organisation_id),
            "caf_code": caf_code,
            "user_number": user_number,
            "kind": kind,
            "siret": SIRET if kind == "legal_person" else None,
            "version": version,
            "moves": moves,
        }
        person = {"civility": None, "last_name": None, "first_name": None, "email": None, "address": ["35000 RENNES"]}
        self.harness.deliver("registry.landlord_registered.v1", data, {**person, "name": name})

    def portfolio(self, version: int, *scopes: tuple[str, str]) -> None:
        data = {
            "organisation_id": str(self.organisation_id),
            "scopes": [{"housing_type": kind, "departement": zone} for kind, zone in scopes],
            "version": version,
        }
        self.harness.deliver("registry.portfolio_changed.v1", data)

    def headers(self, account_id: UUID) -> dict[str, str]:
        return self.harness.headers(sub=account_id, org=self.organisation_id)


@pytest.fixture
def world(harness: HarnessFactory, database_url: str) -> World:
    world = World(harness(service, database_url), ids.organisation_id(siret=SIRET))
    world.register()
    world.portfolio(1, ("private", "35"), ("conventioned", "22"))
    return world
