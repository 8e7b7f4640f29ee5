"""Isolation, for every operation of every API and every caller: what one does not see is as what does not exist.

The answer is that of an unknown identifier, word for word; what exists is unchanged; and no answer holds a word of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from chassis import ids
from chassis.testing.harness import Harness
from chassis.testing.plugin import fresh_database
from connected_services import Connected
from documents.rendering import fonts
from isolation_document import DOCUMENT, rendered
from isolation_table import (
    ANONYMOUS,
    CALLERS,
    KINDS,
    OPERATIONS,
    SUPERVISOR,
    Operation,
    Use,
    counted,
    insiders,
    strangers,
)
from isolation_world import World, build
from test_guard_http import document, operations

from launcher import services

pytestmark = pytest.mark.timeout(600)
NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
# Many objects share them: they name none.
SHARED = {"year", "caf_code"}
# Rows of the machinery itself: that a request came, with its answer.
MACHINERY = {"idempotency_key", "outbox", "throttle"}
EVERY = [(service, key) for service, table in OPERATIONS.items() for key in table]


@contextmanager
def made_world(request: pytest.FixtureRequest, folder: Path, database: str) -> Iterator[World]:
    fonts.install()
    made: list[Harness] = []

    def make(service: Any, url: str, **settings: Any) -> Harness:
        made.append(Harness.create(service, url, folder, **settings))
        return made[-1]

    with ExitStack() as held, pytest.MonkeyPatch.context() as patch:
        addresses = None
        if database == "postgresql":
            server = request.getfixturevalue("postgres_server")
            addresses = {name: held.enter_context(fresh_database(server)) for name in services.NAMES}
        held.callback(lambda: [harness.close() for harness in made])  # type: ignore[func-returns-value]  # called, not read
        yield build(Connected(make, folder, patch, NOW, unreliable=False, addresses=addresses))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests: nothing that they ask for changes it, as they show."""
    with made_world(request, tmp_path_factory.mktemp("isolation"), request.param) as made:
        yield made


@pytest.fixture
def own_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """For acts."""
    with made_world(request, tmp_path, "sqlite") as made:
        yield made


def test_every_operation_of_every_api_is_in_the_table() -> None:
    found = {(name, f"{method} {path}") for name in services.NAMES for method, path, _ in operations(document(name))}
    assert found == set(EVERY)


def test_every_identifier_in_a_path_is_of_a_kind_of_object() -> None:
    """Nothing named in an address is left out: the year of campaigns that concern all Cafs, and what all may read."""
    free = {("declaration", "GET /campaigns/{year}/cafs"), ("documents", "GET /verifications/{reference}")}
    without = {(service, key) for service, key in EVERY if "{" in key and not OPERATIONS[service][key].uses}
    assert without == free


def test_the_world_holds_what_the_table_speaks_of(world: World) -> None:
    assert {kind: set(named) for kind, named in world.objects.items()} == {
        kind: set(named) for kind, named in KINDS.items()
    }


def filled(template: Any, named: dict[str, str]) -> Any:
    """The template, a text or JSON, with its `{names}` filled in."""
    if isinstance(template, str):
        return re.sub(r"\{(\w+)\}", lambda found: named[found[1]], template)
    if isinstance(template, dict):
        return {key: filled(value, named) for key, value in template.items()}
    return [filled(value, named) for value in template] if isinstance(template, list) else template


def sent(world: World, service: str, key: str, who: str, named: dict[str, str], use: Use | Operation) -> Any:
    method, path = key.split(" ")
    headers = filled(dict(getattr(use, "headers", None) or {}), {"key": str(ids.new_id())})
    more: dict[str, Any] = {"headers": headers}
    if use.body is not None:
        more["json"] = filled(use.body, named)
    if isinstance(use, Use) and use.file:
        more["files"] = {"file": ("fichier.csv", filled(use.file, named).encode(), "text/csv")}
    query = filled(use.query, named)
    return world.ask(service, method, filled(path, named) + (f"?{query}" if query else ""), who, **more)


def spoken(answer: Any, named: dict[str, str]) -> tuple[int, str]:
    """Status and content, without what the request itself named, nor what is new each time."""
    text = answer.text
    for name, value in named.items():
        text = text.replace(value, f"<{name}>")
    new = r'"(id|reference|trace_id|requested_at|received_at|sha256|etag)": ?"[^"]*"'
    return answer.status_code, re.sub(new, r'"\1": …', text)


def words(world: World) -> dict[str, set[str]]:
    """What tells that an object exists -> who may read it: who sees one of the objects that it names."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, named in world.objects.items():
        for name, values in named.items():
            for said in (value for key, value in values.items() if key not in SHARED):
                found[said] |= KINDS[kind][name]
    for who, account in world.accounts.items():
        # One knows oneself, and the colleagues who act on what one sees.
        same = {other for other, place in world.organisation_of.items() if place == world.organisation_of[who]}
        for said in (account, world.objects["account"].get(who, {}).get("email", account)):
            found[said] |= same | {SUPERVISOR}
    return found


def leaks(world: World, who: str, answer: Any, named: dict[str, str]) -> list[str]:
    """Words of objects that the caller does not see, other than those that the request itself said."""
    said = set(named.values())
    return [
        word for word, known in words(world).items() if who not in known and word not in said and word in answer.text
    ]


def snapshot(world: World) -> dict[tuple[str, str], list[Any]]:
    """Every row of every service."""
    return {
        (name, table): harness.rows(table)
        for name, harness in world.product.harnesses.items()
        for table in harness.runtime.service.metadata.tables
        if not table.startswith("registry_s")
    }


def changed(world: World, before: dict[tuple[str, str], list[Any]], adds: set[str]) -> dict[str, list[Any]]:
    """Rows gone, changed or new since; in the tables of `adds` new ones do not count."""
    found = {}
    for (service, table), rows in snapshot(world).items():
        old, new = before[service, table], [row for row in rows if row not in before[service, table]]
        gone = [row for row in old if row not in rows]
        if table not in MACHINERY and (gone or (new and table not in adds)):
            found[f"{service}.{table}"] = [*gone, *new]
    return found


by_operation = pytest.mark.parametrize(("service", "key"), EVERY, ids=[f"{service} {key}" for service, key in EVERY])


@by_operation
def test_nobody_gets_anything_without_a_token_nor_a_word_of_what_they_do_not_see(
    world: World, service: str, key: str
) -> None:
    operation = OPERATIONS[service][key]
    if ANONYMOUS not in operation.may:
        use = operation.uses[0] if operation.uses else operation
        anonymous = sent(world, service, key, ANONYMOUS, world.nothing(ANONYMOUS), use)
        assert anonymous.status_code == 401, anonymous.text
    if key.startswith("GET") and "{" not in key:
        for who in CALLERS[1:]:
            answer = sent(world, service, key, who, world.nothing(who), operation)
            assert leaks(world, who, answer, {}) == [], who
            assert (answer.status_code < 300) == (who in operation.may), (who, answer.text)


@by_operation
def test_what_one_does_not_see_is_as_what_does_not_exist(world: World, service: str, key: str) -> None:
    operation = OPERATIONS[service][key]
    asked = 0
    for use in operation.uses:
        before = snapshot(world)
        for name, who in strangers(operation, use):
            _as_unknown(world, service, key, who, use, name)
            asked += 1
        assert changed(world, before, set(operation.adds)) == {}
    assert asked == sum(counted(operation).values())


def _as_unknown(world: World, service: str, key: str, who: str, use: Use, name: str) -> None:
    real, absent = world.named(use.kind, name, who), world.unknown(use.kind, name, who)
    foreign = sent(world, service, key, who, real, use)
    assert spoken(foreign, real) == spoken(sent(world, service, key, who, absent, use), absent), (who, name)
    assert leaks(world, who, foreign, real) == [], (who, name)
    stranger = (use.stranger,) if who in OPERATIONS[service][key].may else (403, 404, use.stranger)
    assert foreign.status_code in stranger, (who, name, foreign.text)


def reached(world: World, service: str, key: str, use: Use, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What goes wrong in the requests that should reach their object."""
    for name, who in pairs:
        real, absent = world.named(use.kind, name, who), world.unknown(use.kind, name, who)
        answer = sent(world, service, key, who, real, use)
        found = leaks(world, who, answer, real)
        if answer.status_code in (400, 401, 403, 404) or found:
            yield f"{service} {key}, {who}, {name}: {answer.status_code} {answer.text[:300]} {found}"
        elif spoken(answer, real) == spoken(sent(world, service, key, who, absent, use), absent):
            yield f"{service} {key}, {who}, {name}: as unknown, {answer.text[:300]}"


def uses(*, reads: bool) -> Iterator[tuple[str, str, Operation, Use]]:
    for service, key in EVERY:
        operation = OPERATIONS[service][key]
        if key.startswith("GET") == reads:
            yield from ((service, key, operation, use) for use in operation.uses)


def test_what_one_does_see_is_read(world: World) -> None:
    """Without this, two refusals of a request that nobody can make might be compared."""
    faults = [
        fault
        for service, key, operation, use in uses(reads=True)
        for fault in reached(world, service, key, use, insiders(operation, use))
    ]
    assert faults == []


def test_what_one_does_see_is_acted_on(own_world: World) -> None:
    """Each act once, in the order of the table: the last ones close accounts and campaigns."""
    faults = [
        fault
        for service, key, operation, use in uses(reads=False)
        for fault in reached(own_world, service, key, use, islice(insiders(operation, use), 1))
    ]
    assert faults == []


def test_the_document_shows_what_is_tested() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == rendered(), (
        "write it again: python launcher/tests/isolation_document.py"
    )
