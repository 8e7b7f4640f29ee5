"""What the other services would tell notification, in one call each."""

import base64
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from chassis import clock, ids, sealing
from chassis.events import Event
from chassis.storage import Storage
from chassis.testing.harness import Harness
from notification.consumed_types import Caf, Tenant
from notification.settings import own
from notification_relay import Relay

# Any: JSON of an event or a row, which each test changes and reads as it needs.
Data = dict[str, Any]
BASE = "/api/notification/v1"
LOGIN, PASSWORD = "BX7K-2M4Q", "KDTW-7QXP-M3RB-9ZFH"
ADDRESS = ["12 place des Lices", "35000 Rennes"]
CAF: Caf = {"name": "Caf d’Ille-et-Vilaine", "telephone": "3230", "address": ["35000 RENNES"], "reference": "CG : B89"}
TENANT: Tenant = {"number": "1234567A", "last_name": "DEUJOURS", "first_name": "Adam", "address": ["2 RUE GINA PANE"]}
REFERENCE = "R26-8K3M-W2QT-5YBN-0XCD"
DAY = timedelta(days=1)


class World:
    def __init__(self, harness: Harness, relay: Relay) -> None:
        self.harness, self.relay = harness, relay
        self.account_id, self.landlord_id, self.declaration_id = ids.new_id(), ids.new_id(), ids.new_id()
        self.organisation_id = ids.new_id()

    def credentials(self, *, email: str | None = "ada@example.org", **changes: Any) -> Data:
        """Identity issued credentials; returns the event's data, to tell it again."""
        secret = {"login": LOGIN, "password": changes.pop("password", PASSWORD)}
        person = {"name": "Mme Ada Durand", "email": email, "address": changes.pop("address", ADDRESS)}
        lifetime = 3 * DAY if email else 30 * DAY
        data = {
            "account_id": str(self.account_id),
            "organisation_id": None,
            "caf_code": "359",
            "user_number": "35900007090001",
            "channel": "email" if email else "letter",
            "purpose": "creation",
            "issue_id": str(ids.new_id()),
            "expires_at": clock.iso(clock.now() + lifetime),
            "sealed": sealing.seal_for(self.harness.runtime.settings, "notification", secret),
            **changes,
        }
        self.harness.deliver("identity.credentials_issued.v1", data, person)
        return data

    def july(
        self, *, email: str | None = "sci@example.org", address: list[str] = ADDRESS, tenants: int = 1, **changes: Any
    ) -> Data:
        data = {
            "landlord_id": str(self.landlord_id),
            "campaign_id": str(ids.new_id()),
            "caf_code": "359",
            "year": 2026,
            "deadline": "2026-11-15",
            "organisation_id": str(self.organisation_id),
            "user_number": "35900007090001",
            "tenancies": tenants,
            **changes,
        }
        person = {
            "name": "SCI des Lilas",
            "email": email,
            "address": address,
            "caf": CAF,
            "tenants": [TENANT] * tenants,
        }
        self.harness.deliver("declaration.landlord_asked.v1", data, person)
        return data

    def registered(
        self, *, name: str = "SCI des Lilas", email: str | None = None, address: list[str] = ADDRESS, **changes: Any
    ) -> None:
        """The registry names the landlord, or changes what it says."""
        data = {
            "landlord_id": str(self.landlord_id),
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            "user_number": "35900007090001",
            "kind": "legal_person",
            "siret": "73282932000074",
            "version": 1,
            **changes,
        }
        person = {"name": name, "email": email, "address": address}
        nobody = {"civility": None, "last_name": None, "first_name": None}
        self.harness.deliver("registry.landlord_registered.v1", data, {**nobody, **person})

    def administers(self, account_id: UUID, *, role: str = "administrator", **changes: Any) -> None:
        """Habilitation says who administers the organisation."""
        data = {
            "account_id": str(account_id),
            "organisation_id": str(self.organisation_id),
            "role": role,
            "scopes": [],
            "active": True,
            "version": 1,
            **changes,
        }
        self.harness.deliver("habilitation.access_changed.v1", data)

    def reminder(self, *, email: str | None = "sci@example.org", address: list[str] = ADDRESS, **changes: Any) -> Data:
        """A day of reminder came, and something is left to declare."""
        data = {
            "landlord_id": str(self.landlord_id),
            "campaign_id": str(ids.new_id()),
            "caf_code": "359",
            "year": 2026,
            "deadline": "2026-11-15",
            "organisation_id": str(self.organisation_id),
            "user_number": "35900007090001",
            "reminder_on": "2026-11-01",
            "remaining": 3,
            **changes,
        }
        person = {"name": "SCI des Lilas", "email": email, "address": address, "caf": CAF}
        self.harness.deliver("declaration.reminder_due.v1", data, person)
        return data

    def reminder_withdrawn(self, due: Data) -> None:
        data = {name: value for name, value in due.items() if name != "remaining"}
        self.harness.deliver("declaration.reminder_withdrawn.v1", data, {"name": "SCI des Lilas"})

    def answered(self, *, email: str | None = "sci@example.org", **changes: Any) -> Data:
        """A file of the Caf changed declarations of the landlord."""
        data = {
            "landlord_id": str(self.landlord_id),
            "import_id": str(ids.new_id()),
            "campaign_id": str(ids.new_id()),
            "caf_code": "359",
            "year": 2026,
            "deadline": "2026-11-15",
            "organisation_id": str(self.organisation_id),
            "user_number": "35900007090001",
            "counts": {"information_requested": 1},
            **changes,
        }
        person = {"name": "SCI des Lilas", "email": email, "address": ADDRESS, "caf": CAF}
        self.harness.deliver("declaration.answered.v1", data, person)
        return data

    def report(self, *, email: str | None = "sci@example.org", **changes: Any) -> Data:
        """The Caf answered what the landlord reported."""
        data = {
            "report_id": str(ids.new_id()),
            "number": "S26-8K3M-W2QT-5YBN-0XCD",
            "kind": "missing_tenant",
            "outcome": "refused",
            "landlord_id": str(self.landlord_id),
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            **changes,
        }
        recipient = {"name": "SCI des Lilas", "email": email, "address": ADDRESS}
        personal = {"recipient": recipient, "answer": "M. DEUJOURS n’est pas allocataire"}
        self.harness.deliver("declaration.report_answered.v1", data, personal)
        return data

    def recap(self, *, email: str | None = "sci@example.org", declarant: UUID | None = None, **changes: Any) -> None:
        data = {
            "declaration_id": str(self.declaration_id),
            "version": 1,
            "document_id": str(ids.new_id()),
            "reference": REFERENCE,
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            "campaign_year": 2026,
            "transmitted_at": "2026-09-02T08:15:00Z",
            "sha256": "0" * 64,
            "pages": 2,
            "size": 40000,
            "declarant_account_id": str(declarant) if declarant else None,
            **changes,
        }
        recipient = {"name": "SCI des Lilas", "email": email, "address": ADDRESS}
        caf = {"name": CAF["name"], "telephone": CAF["telephone"], "address": CAF["address"]}
        envelope = {"recipient": recipient, "user_number": "35900007090001", "caf": caf}
        self.harness.deliver("documents.recap_ready.v1", data, envelope)

    def lot(self, *, email: str | None = "sci@example.org", declarant: UUID | None = None, **changes: Any) -> None:
        data = {
            "lot_id": str(UUID(int=7)),
            "reference": "L26-8K3M-W2QT-5YBN-0XCD",
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            "campaign_year": 2026,
            "transmitted_at": "2026-09-02T08:15:00Z",
            "declarations": 500,
            "pages": 14,
            "size": 600000,
            "declarant_account_id": str(declarant or UUID(int=1)),
            **changes,
        }
        recipient = {"name": "SCI des Lilas", "email": email, "address": ADDRESS}
        self.harness.deliver("documents.lot_recap_ready.v1", data, {"recipient": recipient})

    def activate(self, account_id: UUID, email: str, version: int = 1) -> None:
        data = {
            "account_id": str(account_id),
            "organisation_id": str(self.organisation_id),
            "caf_code": "359",
            "kind": "landlord",
            "activated_at": clock.iso(clock.now()),
            "version": version,
        }
        person = {"civility": "Mme", "last_name": "Martin", "first_name": "Anne", "email": email}
        self.harness.deliver("identity.account_activated.v1", data, person)

    def requested(self) -> list[Event]:
        return self.harness.published("notification.letter_requested.v1")

    def render_letters(self, pages: int = 1) -> None:
        """Documents composes what was asked for: the PDF says the template and the secret, to be looked for."""
        settings = self.harness.runtime.settings
        for event in self.requested():
            pdf = f"%PDF {event.data['template']} {self.secret_of(event)}".encode()
            key = f"letters/{event.data['message_id']}.jwe"
            sealed = sealing.seal_for(settings, "notification", {"pdf": base64.b64encode(pdf).decode()})
            self.exchange.put(key, sealed.encode())
            data = {"message_id": event.data["message_id"], "storage_key": key, "pages": pages, "size": len(pdf)}
            self.harness.deliver("documents.letter_rendered.v1", {**data, "sha256": sha256(pdf).hexdigest()})

    def secret_of(self, event: Event) -> Data:
        if event.data["sealed"] is None:
            return {}
        key = sealing._sealing_keys(self.harness.runtime.settings.sealing_private_keys)["documents"]
        return sealing._open(event.data["sealed"], key, list(sealing._FOR_ONE.values()))

    def make_batches(self) -> list[Data]:
        self.harness.run_job("make letter batches")
        return self.harness.rows("letter_batch")

    def send(self) -> None:
        self.harness.run_job("send e-mails")

    @property
    def exchange(self) -> Storage:
        return Storage(self.harness.runtime.settings.exchange_url)

    @property
    def tray(self) -> Storage:
        return Storage(own(self.harness.runtime.settings).print_url)

    @property
    def messages(self) -> list[Data]:
        return sorted(self.harness.rows("message"), key=lambda row: row["id"])

    def states(self) -> dict[str, str]:
        return {f"{row['template']}/{row['channel']}": row["state"] for row in self.messages}

    def everything_stored(self) -> str:
        """All rows of all tables as text: what a thief of the database would read."""
        return "\n".join(str(self.harness.rows(name)) for name in self.harness.runtime.service.metadata.tables)

    def agent(self, **claims: Any) -> dict[str, str]:
        return self.harness.headers(kind="agent", **{"caf": "359", **claims})
