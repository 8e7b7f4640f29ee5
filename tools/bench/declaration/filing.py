"""Declaring and transmitting over HTTP, one person at a time, compared with the bare writes of the same rows."""

from __future__ import annotations

import time
from typing import Any

from declaration.models import DeclarationVersion, RentDeclaration, StateTransition
from sqlalchemy import select, text

from tools.bench.declaration.ground import Bench, person
from tools.bench.figures import Figure

DECLARATIONS = 150
BASE = "/api/declaration/v1/declarations"
SITUATION = {"present": True, "co_tenants": 1, "rent_up_to_date": True}
RENT = {"rent": "415,00", "charges": "38", "share": "whole", "full_month": True, "furnished": False}
DECLARATION, TRANSITION, VERSION = (
    each.__tablename__ for each in (RentDeclaration, StateTransition, DeclarationVersion)
)
COPIES = (DECLARATION, TRANSITION, VERSION, "outbox", "journal")
BARE = (
    f"INSERT INTO bare_{TRANSITION} SELECT * FROM {TRANSITION} WHERE declaration_id = CAST(:id AS uuid)",  # noqa: S608 - our own table
    f"INSERT INTO bare_{VERSION} SELECT * FROM {VERSION} WHERE declaration_id = CAST(:id AS uuid)",  # noqa: S608 - our own table
    "INSERT INTO bare_outbox SELECT * FROM outbox WHERE subject = :id",
    "INSERT INTO bare_journal SELECT * FROM journal WHERE subject = :id",
    f"UPDATE bare_{DECLARATION} SET revision = revision + 1, updated_at = now() WHERE id = CAST(:id AS uuid)",  # noqa: S608 - our own table
)


def figures(bench: Bench) -> list[Figure]:
    """One declaration: save the draft with its three steps, confirm its points, transmit."""
    people = _people(bench)
    start, cpu = time.perf_counter(), time.process_time()
    for declaration_id, headers in people:
        _declare(bench, declaration_id, headers)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    bare = _bare(bench, [declaration_id for declaration_id, _headers in people])
    return [
        Figure("declare and transmit, one caller", len(people) / spent, "declarations/s", len(people) / bare),
        Figure("declare and transmit, a core of the service", len(people) / cpu, "declarations/s/core"),
    ]


def _people(bench: Bench) -> list[tuple[str, dict[str, str]]]:
    """Declarations to make, each with the headers of somebody allowed to make it."""
    waiting = select(RentDeclaration.id, RentDeclaration.organisation_id).where(RentDeclaration.state == "to_declare")
    with bench.harness.runtime.read_only() as session:
        found = session.execute(waiting.limit(DECLARATIONS)).all()
    headers: dict[Any, dict[str, str]] = {}
    for _declaration, organisation in found:
        if organisation not in headers:
            headers[organisation] = person(bench, organisation)
    return [(str(declaration), headers[organisation]) for declaration, organisation in found]


def _declare(bench: Bench, declaration_id: str, headers: dict[str, str]) -> None:
    client, path = bench.harness.client, f"{BASE}/{declaration_id}"
    read = client.get(path, headers=headers)
    known = read.json()["known"]["information"]
    names = ("address", "commune_insee", "furnished", "single_room", "lease_start")
    information = {**{name: known[name] for name in names}, "confirmed": True}
    steps = {"information": information, "situation": SITUATION, "rent": RENT}
    saved = client.put(f"{path}/draft", headers={**headers, "If-Match": read.headers["ETag"]}, json=steps)
    asked = {each["code"]: "" for each in saved.json()["checks"]["to_confirm"]}
    if asked:
        tag = {**headers, "If-Match": saved.headers["ETag"]}
        saved = client.put(f"{path}/draft", headers=tag, json={"confirmations": asked})
    sent = client.post(f"{path}/transmission", headers={**headers, "If-Match": saved.headers["ETag"]})
    if sent.status_code != 201:
        raise AssertionError(sent.text)


def _bare(bench: Bench, declarations: list[str]) -> float:
    """Seconds to write the same rows into copies of their tables, one transaction per declaration."""
    for table in COPIES:
        bench.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    bench.execute(f"INSERT INTO bare_{DECLARATION} TABLE {DECLARATION}")
    start = time.perf_counter()
    for declaration in declarations:
        with bench.harness.transaction() as session:
            for statement in BARE:
                session.execute(text(statement), {"id": declaration})
    spent = time.perf_counter() - start
    for table in COPIES:
        bench.execute(f"DROP TABLE bare_{table}")
    return spent
