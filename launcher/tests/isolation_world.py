"""Two Cafs, two organisations, a natural person, and all that five services hold of each, made through their APIs.

Caf 359 is A's and the natural person's, Caf 353 is B's; both organisations have flats of both types in one département,
so that neither type nor zone tells them apart.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis import clock, ids
from connected_services import Connected
from declaration.domain.registry.columns import COLUMNS
from identity import publishes
from identity.domain.first_sign_in import Step
from identity.models import Account, TotpFactor
from identity.sessions.commands import start_session
from identity.supervision import agents
from isolation_table import ADMIN_A, ADMIN_B, AGENT_A, AGENT_B, CALLERS, LIMITED_A, NATURAL, PROGRAM_A, SUPERVISOR

YEAR = 2026
REASON = "Appel du bailleur au guichet, pièce d’identité vue."
STEPS: dict[str, Any] = {
    "information": {
        "address": ["2 RUE GINA PANE", "35000 RENNES"],
        "commune_insee": "35238",
        "furnished": False,
        "single_room": False,
        "lease_start": "2016-09-01",
        "confirmed": True,
    },
    "situation": {"present": True, "co_tenants": 1, "rent_up_to_date": True},
    "rent": {"rent": "415,00", "charges": "38", "share": "whole", "full_month": True, "furnished": False},
}
LINE = {
    "dwelling_address": "2 RUE GINA PANE|35000 RENNES",
    "commune_insee": "35238",
    "furnished": "0",
    "single_room": "0",
    "tenant_first_name": "Adam",
    "lease_start": "2016-09-01",
    "co_tenants": "1",
    "previous_rent": "412.50",
    "previous_charges": "38.00",
    "benefit_kind": "ALS",
    "benefit_amount": "162.00",
    "paid_to_landlord": "0",
}
A = {"landlord_kind": "legal_person", "siret": "73282932000074", "landlord_name": "REGIE ALPHA", "caf_code": "359"}
B = {"landlord_kind": "legal_person", "siret": "55210055400013", "landlord_name": "REGIE BRAVO", "caf_code": "353"}
P = {"landlord_kind": "natural_person", "civility": "Mme", "last_name": "NATURELLE", "first_name": "Zoé"}
# No e-mail: their credentials are letters, in batches.
LANDLORDS = {
    "A": {**A, "user_number": "35900007090001", "landlord_address": "REGIE ALPHA|12 PLACE DES LICES|35000 RENNES"},
    "B": {**B, "user_number": "35300007090002", "landlord_address": "REGIE BRAVO|3 QUAI SUD|35000 RENNES"},
    "P": {
        **P,
        "caf_code": "359",
        "user_number": "35900007090003",
        "landlord_address": "MME ZOE NATURELLE|1 RUE X|35000 RENNES",
    },
}
EMAILS = {name: f"{name.lower()}@bailleur.example" for name in LANDLORDS}
# Which declaration -> landlord, type and tenant.
TENANTS = {
    "A private": ("A", "private", "ALFAPRIVE", "1000001A"),
    "A private, sent": ("A", "private", "ALFAENVOI", "1000002A"),
    "A conventioned": ("A", "conventioned", "ALFACONV", "1000003A"),
    "A conventioned, sent": ("A", "conventioned", "ALFACENVOI", "1000004A"),
    "B private": ("B", "private", "BETAPRIVE", "2000001B"),
    "B private, sent": ("B", "private", "BETAENVOI", "2000002B"),
    "P": ("P", "private", "PAPAPRIVE", "3000001C"),
}
Ids = dict[str, str]
# The shape of each name, of nothing that exists.
NOTHING: Ids = {
    **{
        f"{name}_id": str(ids.new_id())
        for name in [
            "account",
            "organisation",
            "group",
            "session",
            "reset",
            "landlord",
            "declaration",
            "paper",
            "import",
            "lot",
            "opening",
        ]
    },
    **{f"{name}_id": str(ids.new_id()) for name in ["export", "report", "message", "batch", "document"]},
    "year": str(YEAR),
    "caf_code": "999",
    "user_number": "99900000000000",
    "tenant_number": "9999999Z",
    "tenant": "ZZZZ",
    "reference": "R26-ZZZZ-ZZZZ-ZZZZ",
    "email": "nobody@nowhere.example",
}


@dataclass
class World:
    product: Connected
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    # Kind of object -> its name -> what names it in a request.
    objects: dict[str, dict[str, Ids]] = field(default_factory=dict)
    # What fills the rest of a request: the caller's own organisation, a colleague, a group.
    own: dict[str, Ids] = field(default_factory=dict)

    def ask(self, service: str, method: str, path: str, who: str, **more: Any) -> Any:
        headers = {**self.headers.get(who, {}), **more.pop("headers", {})}
        url = f"/api/{service}/v1{path}"
        return self.product.harnesses[service].client.request(method, url, headers=headers, **more)

    def made(self, service: str, method: str, path: str, who: str, **more: Any) -> Any:
        answer = self.ask(service, method, path, who, **more)
        assert answer.status_code < 300, (path, who, answer.text)
        return answer

    def put_by(self, kind: str, name: str, **named: str) -> None:
        self.objects.setdefault(kind, {})[name] = named

    def nothing(self, who: str) -> Ids:
        """What fills a request that names no object of this world."""
        return {**NOTHING, **self.own.get(who, {})}

    def named(self, kind: str, name: str, who: str) -> Ids:
        """What names it in a request of that caller."""
        return {**self.nothing(who), **self.objects[kind][name]}

    def unknown(self, kind: str, name: str, who: str) -> Ids:
        """The same request for something that does not exist."""
        given = self.objects[kind][name]
        # An own path with somebody else's object: the path stays.
        path = {"organisation_id": given["organisation_id"]} if name.startswith("path of A") else {}
        path |= {"account_id": given["account_id"]} if name.startswith("account of A") else {}
        return {**self.named(kind, name, who), **{name: NOTHING[name] for name in given}, **path}

    @property
    def organisation_of(self) -> dict[str, str]:
        """Of each account: its organisation, or its Caf."""
        found = dict.fromkeys((ADMIN_A, LIMITED_A, PROGRAM_A, "colleague of A"), "A")
        found |= dict.fromkeys((AGENT_A, "second agent of A"), "359") | dict.fromkeys(
            (AGENT_B, "second agent of B"), "353"
        )
        return {**found, NATURAL: "P", ADMIN_B: "B", "colleague of B": "B", SUPERVISOR: "FR"}

    def rows(self, service: str, table: str) -> list[dict[str, Any]]:
        return self.product.harnesses[service].rows(table)


def build(product: Connected) -> World:
    world = World(product)
    for step in (_agents, _registries, _people, _campaigns, _declarations, _exchange, _many, _messages, _documents):
        step(world)
        product.settle()
    return world


def _agents(world: World) -> None:
    identity = world.product.harnesses["identity"]
    people = {AGENT_A: "359", "second agent of A": "359", AGENT_B: "353", "second agent of B": "353", SUPERVISOR: "359"}
    for rank, (name, caf) in enumerate(people.items()):
        supervisor = name == SUPERVISOR
        login = f"AGENTDELACAF{rank}"
        agents.add(identity.runtime, login=login, caf_code=caf, email=f"a{rank}@caf.example", supervisor=supervisor)
        [found] = [row["id"] for row in identity.rows("account") if row["login"] == login]
        world.accounts[name] = str(found)
        if name in CALLERS:
            world.put_by("account", name, account_id=str(found), email=f"a{rank}@caf.example")
        with identity.transaction() as session:
            opened = start_session(session, session.get_one(Account, found), Step.DONE, browser="Firefox")
        claims = {"kind": "agent", "caf": caf, "supervisor": supervisor, "sid": str(opened.id)}
        world.headers[name] = world.product.headers(sub=found, **claims)


def _registries(world: World) -> None:
    for landlord, agent in (("A", AGENT_A), ("B", AGENT_B)):
        lines = [_line(name) for name, (owner, *_) in TENANTS.items() if _caf(owner) == _caf(landlord)]
        lines.append({**lines[0], "commune_insee": "99999", "dwelling_ref": "L-BAD"})
        text = "\n".join([";".join(COLUMNS), *(";".join(line.get(name, "") for name in COLUMNS) for line in lines)])
        files = {"file": ("registre.csv", text.encode(), "text/csv")}
        sent = world.made("declaration", "POST", "/registry-imports", agent, files=files)
        world.put_by("registry import", landlord, import_id=sent.json()["id"])
    for job in ("read registry files", "help with registry files", "publish the portfolio"):
        world.product.job("declaration", job)
    for name, line in LANDLORDS.items():
        [row] = [each for each in world.rows("declaration", "landlord") if each["user_number"] == line["user_number"]]
        world.organisations[name] = str(row["organisation_id"])
        world.put_by("landlord", name, landlord_id=str(row["id"]), user_number=line["user_number"])
        world.put_by("printed number", name, user_number=line["user_number"], email=EMAILS[name])
        world.put_by("own number", name, user_number=line["user_number"])
        for kind in ("organisation", "organisation with users"):
            world.put_by(kind, name, organisation_id=str(row["organisation_id"]))


def _caf(landlord: str) -> str:
    return LANDLORDS[landlord]["caf_code"]


def _line(name: str) -> dict[str, str]:
    landlord, housing_type, tenant, number = TENANTS[name]
    own = {"housing_type": housing_type, "dwelling_ref": f"L-{number}", "tenant_number": number}
    return {**LINE, **LANDLORDS[landlord], **own, "tenant_last_name": tenant}


def _people(world: World) -> None:
    accounts = world.rows("identity", "account")
    for name, landlord in ((ADMIN_A, "A"), (ADMIN_B, "B"), (NATURAL, "P")):
        [found] = [row["id"] for row in accounts if str(row["organisation_id"]) == world.organisations[landlord]]
        _enter(world, name, landlord, found)
    for landlord, who in (("A", ADMIN_A), ("B", ADMIN_B)):
        organisation = world.organisations[landlord]
        for group in world.made("habilitation", "GET", f"/organisations/{organisation}/groups", who).json()["items"]:
            kind = group["scopes"][0]["housing_type"]
            world.put_by("group", f"{landlord} {kind}", group_id=group["id"])
    both = [world.objects["group"][f"A {kind}"]["group_id"] for kind in ("private", "conventioned")]
    for name, owner, groups in (
        (LIMITED_A, ADMIN_A, both[:1]),
        ("colleague of A", ADMIN_A, both),
        (PROGRAM_A, ADMIN_A, both),
    ):
        _user(world, name, "A", owner, groups)
    _user(world, "colleague of B", "B", ADMIN_B, [world.objects["group"]["B private"]["group_id"]])
    world.put_by(
        "user",
        "path of A, user of B",
        organisation_id=world.organisations["A"],
        account_id=world.accounts["colleague of B"],
    )
    for who, name, group in ((ADMIN_A, "colleague of A", "A private"), (ADMIN_B, "colleague of B", "B private")):
        group_id = world.objects["group"][group]["group_id"]
        world.own[who] = {**world.objects["user"][name], "group_id": group_id}
    world.own[LIMITED_A], world.own[NATURAL] = world.own[ADMIN_A], world.objects["organisation"]["P"]
    # A program's token says neither who signed in nor `openid`.
    claims = {"sub": world.accounts[PROGRAM_A], "org": world.organisations["A"], "scope": "declarations:read"}
    world.headers[PROGRAM_A] = world.product.headers(**claims)


def _user(world: World, name: str, landlord: str, owner: str, groups: list[str]) -> None:
    organisation = world.organisations[landlord]
    person = {
        "civility": "M.",
        "last_name": f"Nom {name}",
        "first_name": "Yann",
        "email": f"u{len(world.accounts)}@x.example",
    }
    path = f"/organisations/{organisation}/users"
    body, key = {**person, "groups": groups}, {"Idempotency-Key": name}
    made = world.made("habilitation", "POST", path, owner, json=body, headers=key).json()["account_id"]
    world.product.settle()
    world.put_by("user", name, organisation_id=organisation, account_id=made)
    _enter(world, name, landlord, UUID(made))


def _enter(world: World, name: str, landlord: str, account_id: UUID) -> None:
    """Ends the first sign-in, leaves a session open and an authenticator."""
    identity = world.product.harnesses["identity"]
    now = clock.now()
    with identity.transaction() as session:
        account = session.get_one(Account, account_id)
        account.activated_at, account.last_name = now, f"Nom {name}"
        account.first_name, account.civility = "Anne", "Mme"
        account.email = account_email(name)
        session.add(TotpFactor(account_id=account_id, secret_sealed="x", last_counter=0, created_at=now))
        publishes.account_activated(session, account, now)
        opened = start_session(session, account, Step.DONE, browser="Firefox")
    world.product.settle()
    world.accounts[name] = str(account_id)
    world.put_by("session", name, session_id=str(opened.id))
    world.put_by("account", name, account_id=str(account_id), email=account_email(name))
    claims = {"sub": account_id, "org": world.organisations[landlord], "sid": str(opened.id)}
    world.headers[name] = world.product.headers(**claims)


def account_email(name: str) -> str:
    landlord = {ADMIN_A: "A", ADMIN_B: "B", NATURAL: "P"}.get(name)
    return EMAILS[landlord] if landlord else f"{re.sub('[^a-z]', '', name.lower())}@bailleur.example"


def _campaigns(world: World) -> None:
    body = {"year": YEAR, "deadline": "2026-11-15", "cut_off": "2027-01-15", "reminders": ["2026-10-15"]}
    for name, who, caf in (("A", AGENT_A, "359"), ("B", AGENT_B, "353")):
        world.made("declaration", "POST", "/campaigns", who, json=body)
        world.put_by("campaign", name, year=str(YEAR), caf_code=caf)
    opening = world.made("declaration", "POST", "/campaign-openings", SUPERVISOR, json={"year": YEAR})
    world.put_by("opening", "all Cafs", opening_id=opening.json()["id"])
    world.product.job("declaration", "open all campaigns")
    world.product.job("declaration", "ask landlords")
    accounts = {"A": world.accounts[ADMIN_A], "B": world.accounts[ADMIN_B]}
    for name, account in accounts.items():
        path = f"/accounts/{account}/factor-resets"
        asked = world.made("identity", "POST", path, f"second agent of {name}", json={"reason": REASON})
        world.put_by("factor reset", name, account_id=account, reset_id=asked.json()["id"])
    mixed = {"account_id": accounts["A"], "reset_id": world.objects["factor reset"]["B"]["reset_id"]}
    world.put_by("factor reset", "account of A, reset of B", **mixed)


def _declarations(world: World) -> None:
    numbers = {number: name for name, (_, _, _, number) in TENANTS.items()}
    listed = world.made("declaration", "GET", "/declarations", SUPERVISOR, params={"limit": 50}).json()["items"]
    for item in listed:
        name = numbers[item["tenant"]["number"]]
        landlord, _type, tenant, number = TENANTS[name]
        named = {"declaration_id": item["id"], "tenant": tenant, "tenant_number": number}
        world.put_by("declaration", name, **named, user_number=LANDLORDS[landlord]["user_number"])
        if name.endswith("sent"):
            who = ADMIN_A if landlord == "A" else ADMIN_B
            path = f"/declarations/{item['id']}"
            etag = world.made("declaration", "GET", path, who).headers["etag"]
            saved = world.made("declaration", "PUT", f"{path}/draft", who, json=STEPS, headers={"If-Match": etag})
            world.made("declaration", "POST", f"{path}/transmission", who, headers={"If-Match": saved.headers["etag"]})


def _exchange(world: World) -> None:
    """Batches for the Cafs, their answers, papers, reports."""
    columns = "reference;version;answer;reason_code;text"
    for name, agent, admin in (("A", AGENT_A, ADMIN_A), ("B", AGENT_B, ADMIN_B)):
        export = world.made("declaration", "POST", "/exports", agent).json()
        world.put_by("export", name, export_id=export["id"])
        files = {"file": ("reponses.csv", f"{columns}\nR26-{name}NNN;1;integrated;;\n".encode(), "text/csv")}
        answers = world.made("declaration", "POST", "/answers", agent, files=files)
        world.put_by("answers", name, import_id=answers.json()["id"])

        for kind in ("private", "conventioned")[: 2 if name == "A" else 1]:
            about = {"declaration_id": world.objects["declaration"][f"{name} {kind}"]["declaration_id"]}
            body = {**about, "kind": "no_longer_mine", "happened_on": "2026-03-31"}
            report = world.made("declaration", "POST", "/tenant-reports", admin, json=body)
            world.put_by("report", f"{name} {kind}", report_id=report.json()["id"], **about)
        about = {"declaration_id": world.objects["declaration"][f"{name} private"]["declaration_id"]}
        body = {**about, "received_on": clock.today().isoformat()}
        paper = world.made("declaration", "POST", "/papers", agent, json=body)
        world.put_by("paper", name, paper_id=paper.json()["id"], **about)
    for job in ("write exports", "read answers"):
        world.product.job("declaration", job)


def _many(world: World) -> None:
    """Files of rows and lots."""
    for name, who in (("A", ADMIN_A), ("B", ADMIN_B)):
        template = world.made("declaration", "GET", "/declaration-template", who, params={"format": "csv"}).content
        files = {"file": ("loyers.csv", template, "text/csv")}
        sent = world.made("declaration", "POST", "/declaration-imports", who, files=files).json()
        world.put_by("file of rows", name, import_id=sent["id"])
        drafts = [f"{name} {kind}" for kind in ("private", "conventioned") if f"{name} {kind}" in TENANTS]
        wanted = [world.objects["declaration"][draft]["declaration_id"] for draft in drafts]
        for path in (f"/declarations/{identifier}" for identifier in wanted):
            etag = world.made("declaration", "GET", path, who).headers["etag"]
            world.made("declaration", "PUT", f"{path}/draft", who, json=STEPS, headers={"If-Match": etag})
        lot = world.made("declaration", "POST", "/transmissions", who, json={"ids": wanted}).json()
        world.put_by("lot", name, lot_id=lot["id"])
    for job in ("read and apply files of rows", "transmit batches"):
        world.product.job("declaration", job)


def _messages(world: World) -> None:
    # Past the hour at which letters leave; then back, since people have just proved who they are.
    morning, world.product.now = world.product.now, world.product.now.replace(hour=13)
    for job in ("send e-mails", "make letter batches"):
        world.product.job("notification", job)
    world.product.now = morning
    cafs = {"359": "A", "353": "B"}
    for row in world.rows("notification", "letter_batch"):
        # Those of credentials are for the printer alone.
        if row["series"] == "ordinary":
            world.put_by("print batch", cafs[row["caf_code"]], batch_id=str(row["id"]))
    for row in world.rows("notification", "message"):
        if row["landlord_id"] is not None:
            world.put_by("message", cafs[row["caf_code"]], message_id=str(row["id"]))


def _documents(world: World) -> None:
    owners = {one["declaration_id"]: name for name, one in world.objects["declaration"].items()}
    for row in world.rows("documents", "document"):
        if row["declaration_id"] is not None:
            name = owners[str(row["declaration_id"])]
            named = {"document_id": str(row["id"]), "declaration_id": str(row["declaration_id"])}
            world.put_by("receipt", name, **named, reference=row["reference"])
