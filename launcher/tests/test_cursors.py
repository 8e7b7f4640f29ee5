"""Every list of every API, asked by who may: a cursor that it did not give for these filters is answered with 400."""

import json
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from chassis import pagination
from isolation_table import ANONYMOUS, CALLERS, OPERATIONS, Operation, Use, insiders
from isolation_world import World
from odd_requests import CURSORS, UUID, Document
from test_guard_http import document
from test_isolation import filled, made_world, sent

from launcher import services

pytestmark = pytest.mark.timeout(300)
NOW = "2026-09-01T06:00:00Z"
# The keys of all lists, as their cursors hold them; those of no list too.
KEYS: list[list[Any]] = [
    [UUID],
    [NOW, UUID],
    [7],
    [7, 7],
    ["MARTIN", UUID],
    ["1.0.2", 7, "MARTIN", UUID],
    ["1.0.2", "MARTIN", UUID],
    ["no counts", 7, "MARTIN", UUID],
    [],
]


def lists() -> Iterator[tuple[str, str, str]]:
    """Service, operation, and where its cursor goes."""
    for service in services.NAMES:
        reader = Document(document(service), "", {})
        for path, item in reader.spec["paths"].items():
            for method, given in item.items():
                if method == "parameters":
                    continue
                parameters = [
                    reader.resolved(one) for one in (*item.get("parameters", ()), *given.get("parameters", ()))
                ]
                if any((one["in"], one["name"]) == ("query", "cursor") for one in parameters):
                    yield service, f"{method.upper()} {path}", "query"
                content = reader.resolved(given.get("requestBody", {})).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                if any(place[-1:] == ("cursor",) for place, _ in reader.leaves(schema)):
                    yield service, f"{method.upper()} {path}", "body"


LISTS = list(lists())
IDS = [f"{service} {key}" for service, key, _ in LISTS]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.containers)])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with made_world(request, tmp_path_factory.mktemp("cursors"), request.param) as made:
        yield made


def test_every_operation_that_answers_with_a_cursor_takes_one() -> None:
    answering = set()
    for service in services.NAMES:
        reader = Document(document(service), "", {})
        for path, item in reader.spec["paths"].items():
            for method, given in item.items():
                if method != "parameters" and "next_cursor" in json.dumps(whole(reader, given["responses"])):
                    answering.add((service, f"{method.upper()} {path}"))
    assert {(service, key) for service, key, _ in LISTS} == answering
    assert len(LISTS) > 15


def whole(reader: Document, node: Any) -> Any:
    """The node with what its references stand for."""
    if isinstance(node, dict):
        return {name: whole(reader, value) for name, value in reader.resolved(node).items()}
    return [whole(reader, value) for value in node] if isinstance(node, list) else node


def sealed(world: World, service: str, path: str, query: str, key: list[Any], within: Sequence[str] = ()) -> str:
    """The cursor that this service gives for that key of that list."""

    def give() -> str:
        secret = world.product.harnesses[service].runtime.settings.event_key
        pagination.of_request(secret, path, query.encode())
        return pagination.encode(key, within)

    return copy_context().run(give)


def asking(world: World, service: str, key: str) -> tuple[str, dict[str, str], Use | Operation]:
    """Who may see this list, what fills in its address, and how it is asked for."""
    operation = OPERATIONS[service][key]
    if "{" in key or key.startswith("POST"):
        use = operation.uses[0]
        name, who = next(insiders(operation, use))
        return who, world.named(use.kind, name, who), use
    who = next(each for each in CALLERS if each in operation.may and each != ANONYMOUS)
    return who, world.nothing(who), operation


def status(world: World, service: str, key: str, place: str, cursor: str) -> tuple[int, list[str]]:
    """How the list answers to a cursor, and which parts of the request it refuses."""
    who, named, use = asking(world, service, key)
    if place == "body":
        use = replace(use, body={**use.body, "cursor": cursor})
    else:
        use = replace(use, query="&".join(part for part in (use.query, f"cursor={quote(cursor)}") if part))
    answer = sent(world, service, key, who, named, use)
    assert answer.status_code < 300 or answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, [error["pointer"] for error in answer.json().get("errors", [])]


def own_path(world: World, service: str, key: str) -> str:
    _who, named, _use = asking(world, service, key)
    return f"/api/{service}/v1{filled(key.split(' ')[1], named)}"


by_list = pytest.mark.parametrize(("service", "key", "place"), LISTS, ids=IDS)


@by_list
def test_a_cursor_of_another_list_or_of_nobody_is_refused(world: World, service: str, key: str, place: str) -> None:
    refused = (400, [f"/{'query/' if place == 'query' else ''}cursor"])
    path = own_path(world, service, key)
    others = {own_path(world, service, other) for one, other, _ in LISTS if one == service} - {path}
    # One key of each other list, and every key of one of them: the page of a person's activity, and no list at all.
    foreign = [(other, [UUID]) for other in sorted(others)]
    foreign += [(other, parts) for other in ("/compte/activite", "") for parts in KEYS]
    for other, parts in foreign:
        assert status(world, service, key, place, sealed(world, service, other, "", parts)) == refused, (other, parts)
    for none in CURSORS:
        assert status(world, service, key, place, none) == refused, none


@by_list
def test_a_cursor_of_other_filters_is_refused_and_its_own_goes_on(
    world: World, service: str, key: str, place: str
) -> None:
    """Without the second half, a list that refuses all cursors would pass."""
    _who, named, use = asking(world, service, key)
    path, query = own_path(world, service, key), filled(use.query, named)
    # Filters that come in the body are in the cursor by their names.
    within = next(iter(filled(use.body, named).items())) if place == "body" else ()
    own = [status(world, service, key, place, sealed(world, service, path, query, parts, within))[0] for parts in KEYS]
    other = [sealed(world, service, path, f"{query}&other=1", parts) for parts in KEYS]
    assert {status(world, service, key, place, cursor)[0] for cursor in other} == {400}
    assert set(own) == {200, 400}
