"""An agency with many tenants, signed in: its file, and what it asks for all of them."""

from __future__ import annotations

import csv
import io
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis import clock
from declaration.sheets.layout import HEADERS
from launcher.demo import command, registry
from launcher.demo.credentials import Credentials
from launcher.demo.failures import answered
from launcher.demo.journey import account, caf
from launcher.demo.journey.context import Journey
from launcher.demo.journey.people import cast
from launcher.demo.mailbox import DevMailbox, Mailbox
from launcher.demo.registry.years import last_july
from launcher.demo.screen import Told
from launcher.demo.waiting import wait_for
from launcher.demo.web.api import DECLARATION, Api
from launcher.demo.web.site import Site

from tools.bench.many.product import Product

# Landlords of which the demonstration data have none.
CAF, SEED = "901", 901
EVERY_SECONDS = 0.5
MOST_SECONDS = 1_800
# A file's answers for a tenant of whom nothing has changed.
FILLED = {
    "Informations exactes": "oui",
    "Toujours locataire": "oui",
    "Loyer à jour": "oui",
    "Entier ou part": "entier",
}
SAME = {"Loyer de juillet hors charges": HEADERS["previous_rent"], "Charges de juillet": HEADERS["previous_charges"]}


@dataclass(frozen=True)
class Agency:
    journey: Journey
    # Of the first person who signed in.
    api: Api
    # Declarations that are due.
    due: int

    @property
    def own(self) -> Credentials:
        """What that person signs in with since."""
        person = self.journey.people[0]
        return Credentials(person.credentials.login, person.own_password)

    def template(self, kind: str, **filters: str) -> bytes:
        params = {"format": kind, **filters}
        answer = self.api.request("GET", f"{DECLARATION}/declaration-template", params=params, timeout=300)
        return answered(answer, 200).content

    def send_file(self, content: bytes) -> str:
        """The number of a file that has been checked."""
        file = {"file": ("loyers.csv", content, "text/csv")}
        sent = answered(self.api.request("POST", f"{DECLARATION}/declaration-imports", files=file, timeout=120), 202)
        address = f"{DECLARATION}/declaration-imports/{sent.json()['id']}"
        number = self._once(address, "checked")
        if errors := self.api.get(f"{address}/errors", limit=1)["items"]:
            raise AssertionError(f"not every line is good, for example: {errors[0]}")
        return number

    def apply(self, number: str) -> None:
        answered(self.api.request("POST", f"{DECLARATION}/declaration-imports/{number}/application"), 202)
        self._once(f"{DECLARATION}/declaration-imports/{number}", "applied")

    def transmit(self, drafts: int, **filters: str) -> None:
        """All drafts that the filters keep. Raises AssertionError when one is refused."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        body = {"filters": filters} if filters else {}
        sent = answered(self.api.request("POST", f"{DECLARATION}/transmissions", json=body, headers=key), 202)
        address = f"{DECLARATION}/transmissions/{sent.json()['id']}"
        self._once(address, "done")
        found = self.api.get(address)
        if found["transmitted"] != drafts:
            refused = self.api.get(f"{address}/lines", status="refused", limit=1)["items"]
            raise AssertionError(f"{found['transmitted']} of {drafts} transmitted, for example: {refused}")

    def _once(self, address: str, status: str) -> str:
        end = time.monotonic() + MOST_SECONDS
        while (found := self.api.get(address))["status"] != status:
            if time.monotonic() > end or found["status"] == "refused":
                raise AssertionError(f"{address}: {found['status']}")
            time.sleep(EVERY_SECONDS)
        return str(found["id"])


def agency(product: Product, tenants: int) -> Agency:
    """With its campaign open and its first sign-in done."""
    agent = command.make_agent(CAF, folder=product.folder)
    return signed_in(product.url, DevMailbox(product.url), agent, tenants, SEED)


def signed_in(url: str, mailbox: Mailbox, agent: Credentials, tenants: int, seed: int) -> Agency:
    """`agent`: of a Caf without campaign; `seed`: landlords that the product at `url` does not have."""
    told = Told(lambda _text: None)
    invented = registry.demonstration(
        seed=seed, caf_code=agent.caf_code, year=last_july(clock.today()), tenancies=tenants
    )
    journey = Journey(Site(url, 0.0), mailbox, agent, invented, cast(invented), Path())
    for act in (caf.signs_in, caf.hands_over_registry, caf.opens_campaign):
        act(journey, told)
    person = journey.people[0]
    for step in (account.receives_credentials, account.signs_in, account.is_administrator):
        step(journey, person, told)
    wait_for("ses locataires", lambda: person.api.get(f"{DECLARATION}/declarations", limit=1)["items"])
    return Agency(journey, person.api, invented.due_from(invented.agency))


def filled(template: bytes, most: int | None = None) -> bytes:
    """The template with its lines answered, or its first lines only."""
    rows: list[dict[str, Any]] = list(
        csv.DictReader(io.StringIO(template.decode("utf-8-sig"), newline=""), delimiter=";")
    )
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(row | FILLED | {now: row[before] for now, before in SAME.items()} for row in rows[:most])
    return target.getvalue().encode()
