"""The five services on databases of their own, in this process: their events carried by hand, their clock held."""

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from chassis import clock, events, ids, inbox
from chassis.keys import b64
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from runner.relay.inprocess import InProcessRelay

from launcher import services

API = "/api/declaration/v1"


class Lost(Exception):
    """The carrier was killed there."""


class Connected:
    """`unreliable`: each batch of events is lost once on its way, then delivered twice; `addresses`: databases, by
    service, SQLite in `folder` without them."""

    def __init__(
        self,
        make: HarnessFactory,
        folder: Path,
        patch: pytest.MonkeyPatch,
        now: datetime,
        *,
        unreliable: bool,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.now, self.patch, self.unreliable = now, patch, unreliable
        self.mailbox, self.printed = folder / "mailbox", folder / "print"
        own: dict[str, dict[str, Any]] = {
            # In this process: a long document is there at once, where a held clock would never say when to ask again.
            "documents": {"render_processes": 0},
            "notification": {"mailbox_dir": str(self.mailbox), "print_url": f"file://{self.printed}"},
            "identity": {"identity_key": b64(b"k" * 32), "portal_client_secret": "portal-secret"},
        }
        urls = addresses or dict.fromkeys(services.NAMES, f"sqlite:///{folder}/{{service}}.sqlite3")
        # Below the clock's own functions: tables and events took them for defaults when they were read.
        held = SimpleNamespace(now=lambda _zone: self.now, fromisoformat=datetime.fromisoformat)
        patch.setattr(clock, "datetime", held)
        self.harnesses: dict[str, Harness] = {
            name: make(services.load(name), urls[name], **own.get(name, {})) for name in services.NAMES
        }
        self.relay = InProcessRelay([each.runtime for each in self.harnesses.values()])

    def settle(self) -> None:
        """Until nothing is left to carry nor to handle. Fails when a handler did."""
        while any([self._moves(harness) for harness in self.harnesses.values()]):
            pass
        for name, harness in self.harnesses.items():
            failed = [(row["type"], row["error"]) for row in harness.rows("inbox") if row["error"]]
            assert not failed, (name, failed)

    def _moves(self, harness: Harness) -> bool:
        if self.unreliable:
            for place in ("runner.relay.inprocess.receive", "chassis.outbox.mark_sent"):
                self._carry_badly(harness, place)
        moved = bool(self.relay.relay(harness.runtime))
        while inbox.process_due(harness.runtime):
            moved = True
        return moved

    def _carry_badly(self, harness: Harness, place: str) -> None:
        def lose(*_: Any) -> None:
            raise Lost

        with self.patch.context() as patch, suppress(Lost):
            patch.setattr(place, lose)
            self.relay.relay(harness.runtime)

    def job(self, service: str, name: str) -> None:
        """A periodic job of a service, then what follows from it."""
        self.harnesses[service].run_job(name)
        self.settle()

    def post(self, path: str, headers: dict[str, str], body: Any = None, **more: str) -> Any:
        return self._asked("POST", path, {**headers, **more}, json=body)

    def _asked(self, method: str, path: str, headers: dict[str, str], **more: Any) -> Any:
        answer = self.harnesses["declaration"].client.request(method, API + path, headers=headers, **more)
        assert answer.status_code < 300, answer.text
        return answer

    def headers(self, **claims: Any) -> dict[str, str]:
        """Of a token that is valid by the machine's own clock, which libraries look at: for an hour, since one serves
        for all the tests of a file."""
        issued = int(time.time())
        return self.harnesses["declaration"].headers(**{"iat": issued, "exp": issued + 3600, **claims})

    def administrator(self, organisation_id: UUID) -> dict[str, str]:
        """The first person of that landlord, with the rights that habilitation gives them."""
        account = ids.new_id()
        data = {
            "account_id": str(account),
            "organisation_id": str(organisation_id),
            "caf_code": "359",
            "kind": "landlord",
            "activated_at": clock.iso(self.now),
            "version": 1,
        }
        person = {"civility": "Mme", "last_name": "Martin", "first_name": "Anne", "email": "anne@bailleur.example"}
        self.harnesses["habilitation"].deliver("identity.account_activated.v1", data, person)
        self.settle()
        return self.headers(sub=account, org=organisation_id)

    def declare_all(self, headers: dict[str, str], steps: dict[str, Any]) -> int:
        """Transmits whatever that person has left; how many."""
        left = self._asked("GET", "/declarations", headers, params={"status": "to_declare"}).json()["items"]
        for item in left:
            path = f"/declarations/{item['id']}"
            etag = self._asked("GET", path, headers).headers["etag"]
            saved = self._asked("PUT", f"{path}/draft", {**headers, "If-Match": etag}, json=steps)
            self.post(f"{path}/transmission", headers, **{"If-Match": saved.headers["etag"]})
        self.settle()
        return len(left)

    def told(self, event_type: str) -> list[events.Event]:
        """What the service of that name has published of this type."""
        return self.harnesses[event_type.split(".")[0]].published(event_type)
