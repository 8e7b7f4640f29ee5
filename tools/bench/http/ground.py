"""Three services with one landlord's data, and the calls that are measured on them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis import clock, ids
from chassis.keys import b64
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database
from declaration.app import service as declaration
from declaration.models import DeclarationVersion, RentDeclaration, StateTransition
from habilitation.app import service as habilitation
from habilitation.models import Member
from identity.accounts.commands import create_account
from identity.app import service as identity
from identity.models import Account

from tools.bench.http import portfolio
from tools.bench.http.bare import Bare, inserted, one_row, sent, updated

CALLS = int(os.environ.get("BAILLEURS_BENCH_CALLS", "100"))
ROUNDS = 5
WARM_UP = 20
# Each can be sent once. Of 20 tenants in the file some 12 are asked for a rent.
TRANSMISSIONS = ROUNDS * (CALLS // 5) + WARM_UP
TENANTS = 2 * TRANSMISSIONS + 80


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: dict[str, Any] | None = None
    # The ETag of what is changed.
    tag: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    # The call of this number, from 0: changes differ each time.
    call: Callable[[int], Call]
    bare: Bare
    # At most as many times the bare handler.
    aim: float
    calls: int = CALLS


@dataclass
class Ground:
    harnesses: dict[str, Harness]
    account_id: UUID
    organisation_id: UUID
    cases: list[Case]

    def headers(self) -> dict[str, str]:
        """Of a token that has just been issued."""
        return self.harnesses["identity"].headers(sub=self.account_id, org=self.organisation_id)

    def answer(self, service: str, call: Call) -> Any:
        """In process. Raises RuntimeError when it is refused."""
        headers = {**self.headers(), **({"If-Match": call.tag} if call.tag else {})}
        found = self.harnesses[service].client.request(call.method, call.path, headers=headers, json=call.body)
        if found.status_code >= 300:
            raise RuntimeError(found.text)
        return found.json()


@contextmanager
def on_sqlite(folder: str) -> Iterator[Ground]:
    with _prepared(lambda: f"sqlite:///{folder}/{{service}}.sqlite3", Path(folder)) as ground:
        yield ground


@contextmanager
def on_postgres(server: str, folder: str) -> Iterator[Ground]:
    with ExitStack() as stack:
        address = lambda: stack.enter_context(fresh_database(server))  # noqa: E731 - as short as the other
        with _prepared(address, Path(folder)) as ground:
            yield ground


@contextmanager
def _prepared(address: Callable[[], str], folder: Path) -> Iterator[Ground]:
    own = {"identity": {"identity_key": b64(secrets.token_bytes(32)), "portal_client_secret": "s" * 40}}
    harnesses = {
        one.name: Harness.create(one, address(), folder, environment="development", **own.get(one.name, {}))
        for one in (identity, habilitation, declaration)
    }
    try:
        organisation = portfolio.opened(harnesses["declaration"], folder, TENANTS)
        ground = Ground(harnesses, ids.new_id(), organisation, [])
        _person(ground)
        ground.cases += [*_rows(ground), *_lists(ground), _save(ground), _transmit(ground)]
        yield ground
    finally:
        for one in harnesses.values():
            one.close()


def _person(ground: Ground) -> None:
    """One person in the three services: account, activation, rights."""
    account, organisation = ground.account_id, ground.organisation_id
    with ground.harnesses["identity"].transaction() as session:
        made = create_account(
            session, account, kind="landlord", login="BENCH1", organisation_id=organisation, contact_name="Le Goff"
        )
        if made is None:
            raise RuntimeError("the database is not empty")
        made.information_given_at = made.activated_at = clock.now()
    place = ground.harnesses["habilitation"]
    place.deliver("registry.landlord_registered.v1", *portfolio.registered(organisation))
    place.deliver("registry.portfolio_changed.v1", portfolio.scoped(organisation))
    place.deliver("identity.account_activated.v1", *portfolio.activated(account, organisation))
    ground.harnesses["declaration"].deliver("habilitation.access_changed.v1", portfolio.granted(account, organisation))


def _rows(ground: Ground) -> list[Case]:
    one = portfolio.waiting(ground.harnesses["declaration"])[0]
    return [
        _row(ground, "/me", Call("GET", "/api/identity/v1/me"), Account, ground.account_id),
        _row(ground, "/me/access", Call("GET", "/api/habilitation/v1/me/access"), Member, ground.account_id),
        _row(ground, "one declaration", Call("GET", f"{portfolio.BASE}/{one}"), RentDeclaration, one),
    ]


def _row(ground: Ground, name: str, call: Call, model: Any, key: UUID) -> Case:
    service = call.path.split("/")[2]
    bare = one_row(ground.harnesses[service], model.__table__, key, ground.answer(service, call))
    return Case(name, lambda _: call, bare, 2.5)


def _lists(ground: Ground) -> list[Case]:
    found = []
    for limit in (25, 50):
        call = Call("GET", f"{portfolio.BASE}?limit={limit}")
        ground.answer("declaration", call)
        with sent(ground.harnesses["declaration"].runtime.engine) as statements:
            answer = ground.answer("declaration", call)
        found.append(Case(f"list of {limit}", lambda _, call=call: call, Bare("declaration", statements, answer), 3))  # type: ignore[misc]  # bound now
    return found


def _save(ground: Ground) -> Case:
    """The same step of the same declaration again and again: its revision goes up by one each time."""
    harness = ground.harnesses["declaration"]
    one = portfolio.waiting(harness)[0]
    first = int(portfolio.drafted(harness, one, ground.headers()).strip('"'))
    path, body = f"{portfolio.BASE}/{one}/draft", {"rent": portfolio.RENT}
    answer = ground.answer("declaration", Call("PUT", path, body, f'"{first}"'))
    statements = [
        *updated(harness, _table(RentDeclaration), one, ("revision", "draft", "updated_at", "rent")),
        *inserted(harness, *_of_subject(harness, "journal", one)),
    ]
    bare = Bare("declaration", statements, answer, writes=True)
    return Case("save a step", lambda number: Call("PUT", path, body, f'"{first + 1 + number}"'), bare, 4)


def _transmit(ground: Ground) -> Case:
    harness = ground.harnesses["declaration"]
    ready = portfolio.waiting(harness)[: TRANSMISSIONS + 1]
    if len(ready) <= TRANSMISSIONS:
        raise RuntimeError(f"{len(ready)} declarations to make, {TRANSMISSIONS + 1} are needed")
    headers = ground.headers()
    calls = [
        Call("POST", f"{portfolio.BASE}/{one}/transmission", tag=portfolio.drafted(harness, one, headers))
        for one in ready
    ]
    one, answer = ready[-1], ground.answer("declaration", calls.pop())
    statements = [
        *inserted(harness, _table(DeclarationVersion), DeclarationVersion.declaration_id == one),
        *inserted(harness, _table(StateTransition), StateTransition.declaration_id == one),
        *inserted(harness, *_of_subject(harness, "outbox", one)),
        *updated(harness, _table(RentDeclaration), one, ("state", "revision", "updated_at")),
    ]
    return Case("transmit", calls.__getitem__, Bare("declaration", statements, answer, writes=True), 4, CALLS // 5)


def _of_subject(harness: Harness, name: str, subject: UUID) -> tuple[sa.Table, sa.ColumnElement[bool]]:
    table = harness.runtime.service.metadata.tables[name]
    return table, table.c.subject == str(subject)


def _table(model: Any) -> sa.Table:
    table: sa.Table = model.__table__
    return table
