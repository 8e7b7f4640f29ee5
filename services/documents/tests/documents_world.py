"""A documents service with one receipt, and people who may or may not see it."""

import copy
import hashlib
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.testing.harness import Harness
from documents.rendering.recap import canonical

# Any: JSON of an event or a row, which each test changes and reads as it needs.
Data = dict[str, Any]
BASE = "/api/documents/v1"
ORGANISATION = ids.organisation_id(siret="73282932000074")
REFERENCE = "R26-8K3M-W2QT-5YBN-0XCD"


class World:
    def __init__(self, harness: Harness, snapshot: Data) -> None:
        self.harness = harness
        self.snapshot = snapshot
        self.declaration_id = ids.new_id()

    def transmit(self, **changes: Any) -> Data:
        """Delivers declaration.transmitted.v1; returns its data."""
        snapshot = copy.deepcopy(self.snapshot)
        data = {
            "declaration_id": str(self.declaration_id),
            "version": 1,
            "supersedes": None,
            "reference": REFERENCE,
            "campaign_year": 2026,
            "organisation_id": str(ORGANISATION),
            "landlord_id": str(ids.new_id()),
            "caf_code": "359",
            "housing_type": "private",
            "departement": "35",
            "commune": "35238",
            "transmitted_at": "2026-07-15T22:30:05Z",
            "late": False,
            "channel": "web",
            "declarant_account_id": None,
            "sha256": hashlib.sha256(canonical(snapshot).encode()).hexdigest(),
            **changes,
        }
        recipient = {"name": "SCI Les Tilleuls", "email": None, "address": ["12 RUE DE LA CALENDE", "76000 ROUEN"]}
        self.harness.deliver("declaration.transmitted.v1", data, {"snapshot": snapshot, "recipient": recipient})
        return data

    def supersede(self, version: int = 1) -> None:
        data = {
            "declaration_id": str(self.declaration_id),
            "version": version,
            "superseded_by": version + 1,
            "reference": REFERENCE,
        }
        self.harness.deliver("declaration.superseded.v1", data)

    def grant(
        self,
        account_id: UUID,
        *scopes: tuple[str, str],
        version: int = 1,
        active: bool = True,
        org: UUID = ORGANISATION,
    ) -> None:
        data = {
            "account_id": str(account_id),
            "organisation_id": str(org),
            "role": "user",
            "scopes": [{"housing_type": kind, "zone": zone} for kind, zone in scopes],
            "active": active,
            "version": version,
        }
        self.harness.deliver("habilitation.access_changed.v1", data)

    def landlord(self, *scopes: tuple[str, str], **changes: Any) -> dict[str, str]:
        """Headers of a new person with this perimeter."""
        account_id = ids.new_id()
        self.grant(account_id, *scopes, **changes)
        return self.harness.headers(sub=account_id, org=ORGANISATION)

    def document_id(self) -> str:
        return str(self.harness.rows("document")[0]["id"])

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.harness.client.get(BASE + path, headers=headers)
