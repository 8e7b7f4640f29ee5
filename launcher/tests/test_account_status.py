"""Who was suspended, closed or withdrawn gets nothing from any operation of any service, whatever it names."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from chassis import account_status, clock, ids, rights
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from identity.models import Account, Suspension
from sqlalchemy import insert
from test_guard_http import document, is_public, operations
from test_guard_inputs import OWN

from launcher import services

NAMES = [name for name in services.NAMES if account_status.is_kept(services.load(name).metadata)]
ORGANISATION = ids.organisation_id(siret="73282932000074")
CLOSED = "urn:bailleurs:problem:account-closed"
UNAUTHORIZED = "urn:bailleurs:problem:unauthorized"
# What is asked under a condition, which `example` does not read.
CONDITIONAL = {"/tenant-reports": {"user_number": "35900007090001", "housing_type": "private", "tenant": {}}}
FORMATS = {"uuid": str(ids.new_id()), "date": "2026-11-15", "date-time": "2026-11-15T08:00:00Z"}
FORMATS |= {"line": "Un motif clair", "text": "Un motif clair", "email": "anne@lices.example"}
FILE = {"file": ("a.csv", b"a;b\n1;2\n")}
JSON, PARTS = "application/json", "multipart/form-data; boundary=x"


def resolved(spec: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def example(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    """A value that the contract lets in: its own example, else the least that it asks for."""
    schema = resolved(spec, schema)
    for given in ("examples", "enum"):
        if given in schema:
            return schema[given][0]
    for given in ("const", "default", "minimum"):
        if given in schema:
            return schema[given]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        asked = {name: example(spec, schema["properties"][name]) for name in wanted}
        # Of optional ones alone, one at least.
        others = list(schema.get("properties", {}))[: max(0, schema.get("minProperties", 0) - len(wanted))]
        return asked | {name: example(spec, schema["properties"][name]) for name in others}
    if kind == "array":
        return [example(spec, schema["items"])] * schema.get("minItems", 0)
    if "{64}" in schema.get("pattern", ""):
        return "a" * 64
    if "{3}" in schema.get("pattern", ""):
        return "569"
    if "format" in schema:
        return FORMATS[schema["format"]]
    return {"integer": 1, "boolean": True}.get(str(kind), "Un motif clair")


def call(spec: dict[str, Any], path: str, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address and the rest of a request that the contract lets in."""
    given: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    for parameter in [*spec["paths"][path].get("parameters", []), *item.get("parameters", [])]:
        named = resolved(spec, parameter)
        if named.get("required"):
            given[named["in"]][named["name"]] = str(example(spec, named["schema"]))
    options: dict[str, Any] = {"params": given["query"], "headers": given["header"]}
    content = resolved(spec, item.get("requestBody", {})).get("content", {})
    if "application/json" in content:
        options["json"] = example(spec, content["application/json"]["schema"]) | CONDITIONAL.get(path, {})
    elif content:
        options["files"] = FILE
    return path.format(**given["path"]), options


def let_in(harness: Harness, headers: dict[str, str]) -> dict[str, str]:
    """The operations that do not refuse that caller, with what they answer: the problem, else the status."""
    return {name: told for name, told in everything(harness, headers).items() if told != CLOSED}


Options = dict[str, Any]
# How the rest of a request is spoilt: whatever is wrong in it, how the caller stands comes first.
SPOILT: dict[str, tuple[str, Callable[[Options], Options]]] = {
    "no JSON": ("json", lambda given: {**given, "json": None, "content": b'{"a": ', "headers": {"Content-Type": JSON}}),
    "another member": ("json", lambda given: {**given, "json": {"nothing": "of the contract"}}),
    "another type": (
        "json",
        lambda given: {**given, "json": None, "content": b"a=1", "headers": {"Content-Type": "text/plain"}},
    ),
    "too long": ("json", lambda given: {**given, "json": {"a": "x" * 1_100_000}}),
    "an unknown parameter": ("json", lambda given: {**given, "params": {"nothing": "known"}}),
    "no part": (
        "files",
        lambda given: {**given, "files": None, "content": b"x", "headers": {"Content-Type": PARTS}},
    ),
    # Nothing is wrong with this one but its length, for which it is not read before one is let in.
    "a long file": ("files", lambda given: {**given, "files": {"file": ("a.csv", b"x" * 2_000_000)}}),
}


def as_it_is(given: Options) -> Options:
    return given


def everything(
    harness: Harness, headers: dict[str, str], body: str = "", spoil: Callable[[Options], Options] = as_it_is
) -> dict[str, str]:
    """What each operation answers: the problem, else the status; of those that take that kind of body, if any."""
    name, spec = harness.runtime.name, document(harness.runtime.name)
    answers = {}
    for method, path, item in operations(spec):
        address, options = call(spec, path, item)
        if is_public(spec, item) or (body and body not in options):
            continue
        options = spoil(options)
        more = {"Idempotency-Key": f"{method}{path}", "If-Match": '"1"'}
        options["headers"] = {**more, **options["headers"], **headers}
        answer = harness.client.request(method, f"/api/{name}/v1{address}", **options)
        told = answer.json() if "problem" in answer.headers["Content-Type"] else {}
        answers[f"{method} {path}"] = told.get("type", str(answer.status_code))
    return answers


def tell(harness: Harness, fact: str, account_id: UUID, version: int, **changes: Any) -> None:
    data = {
        "account_id": str(account_id),
        "organisation_id": None,
        "caf_code": "359",
        "kind": "agent",
        "supervisor": False,
        f"{fact}_at": clock.iso(clock.now()),
        "version": version,
        **changes,
    }
    harness.deliver(f"identity.account_{fact}.v1", data)


def suspended_in_identity(harness: Harness, account_id: UUID) -> None:
    row = {"kind": "agent", "caf_code": "359", "login": "AGENT", "contact_name": "", "contact_address": []}
    with harness.transaction() as session:
        session.execute(insert(Account).values(id=account_id, created_at=clock.now(), **row))
        session.add(Suspension(id=ids.new_id(), account_id=account_id, started_at=clock.now()))


@pytest.mark.parametrize("name", services.NAMES)
def test_how_the_caller_stands_comes_after_who_they_are_and_before_what_they_sent(
    name: str, harness: HarnessFactory, sqlite_url: str
) -> None:
    """401, then 403, then 400 and the like: for every operation with a body, whatever is wrong in it."""
    service = harness(services.load(name), sqlite_url, **OWN.get(name, {}))
    gone, other = ids.new_id(), ids.new_id()
    if name == "identity":
        suspended_in_identity(service, gone)
    else:
        tell(service, "suspended", gone, 5)
    headers = {who: service.headers(kind="agent", caf="359", sub=who) for who in (gone, other)}
    for what, (body, spoil) in SPOILT.items():
        told = {who: everything(service, headers[who], body, spoil) for who in headers}
        nobody = everything(service, {}, body, spoil)
        assert set(told[gone].values()) <= {CLOSED}, what
        assert CLOSED not in told[other].values(), what
        assert what == "a long file" or not {"200", "201", "202", "204"} & set(told[other].values()), what
        assert set(nobody.values()) <= {UNAUTHORIZED}, what


@pytest.fixture(params=NAMES)
def service(request: pytest.FixtureRequest, harness: HarnessFactory, sqlite_url: str) -> Harness:
    return harness(services.load(request.param), sqlite_url)


def test_every_service_but_identity_keeps_how_accounts_stand() -> None:
    assert [name for name in services.NAMES if name not in NAMES] == ["identity"]
    told = {one.type for one in account_status.SUBSCRIPTIONS}
    for name in NAMES:
        assert told <= {one.type for one in services.load(name).subscriptions}, name


def test_of_two_agents_the_suspended_one_gets_nothing_from_any_operation(service: Harness) -> None:
    suspended, other = ids.new_id(), ids.new_id()
    headers = {who: service.headers(kind="agent", caf="359", sub=who) for who in (suspended, other)}
    assert CLOSED not in everything(service, headers[suspended]).values()
    tell(service, "suspended", suspended, 5)
    # A restoration that is older comes late.
    tell(service, "restored", suspended, 4)
    assert let_in(service, headers[suspended]) == {}
    assert CLOSED not in everything(service, headers[other]).values()
    tell(service, "restored", suspended, 6)
    assert CLOSED not in everything(service, headers[suspended]).values()
    tell(service, "closed", suspended, 7)
    assert let_in(service, headers[suspended]) == {}


def suspend(service: Harness, account_id: UUID) -> None:
    tell(service, "suspended", account_id, 5, kind="landlord", organisation_id=str(ORGANISATION), caf_code=None)


def withdraw(service: Harness, account_id: UUID) -> None:
    """As habilitation tells the services that keep rights; where it happened, identity closes the account."""
    if not rights.are_kept(service.runtime.service.metadata):
        tell(service, "closed", account_id, 5, kind="landlord", organisation_id=str(ORGANISATION), caf_code=None)
        return
    told = {"account_id": str(account_id), "organisation_id": str(ORGANISATION), "role": "user", "scopes": []}
    service.deliver("habilitation.access_changed.v1", {**told, "active": False, "version": 2})


@pytest.mark.parametrize("end", [suspend, withdraw])
def test_a_user_of_a_landlord_who_was_suspended_or_withdrawn_gets_nothing_either(
    service: Harness, end: Callable[[Harness, UUID], None]
) -> None:
    gone, colleague = ids.new_id(), ids.new_id()
    headers = {who: service.headers(sub=who, org=ORGANISATION) for who in (gone, colleague)}
    assert CLOSED not in everything(service, headers[gone]).values()
    end(service, gone)
    assert let_in(service, headers[gone]) == {}
    assert CLOSED not in everything(service, headers[colleague]).values()


def test_an_answer_given_once_is_not_given_again_to_who_has_been_suspended_since(
    harness: HarnessFactory, sqlite_url: str
) -> None:
    service = harness(services.load("declaration"), sqlite_url)
    agent = ids.new_id()
    headers = {**service.headers(kind="agent", caf="359", sub=agent), "Idempotency-Key": "campaign-2026"}
    body = {"year": 2026, "deadline": "2026-11-15", "cut_off": "2027-01-10"}

    def create() -> Any:
        return service.client.post("/api/declaration/v1/campaigns", headers=headers, json=body)

    assert (create().status_code, create().headers["Idempotent-Replayed"]) == (201, "true")
    tell(service, "suspended", agent, 5)
    assert (create().status_code, create().json()["type"]) == (403, CLOSED)


def test_an_agent_who_changed_caf_acts_for_the_new_one_at_once(harness: HarnessFactory, sqlite_url: str) -> None:
    service = harness(services.load("declaration"), sqlite_url)
    moved, other = ids.new_id(), ids.new_id()
    headers = {who: service.headers(kind="agent", caf="359", sub=who) for who in (moved, other)}
    body = {"year": 2026, "deadline": "2026-11-15", "cut_off": "2027-01-10"}
    made = service.client.post("/api/declaration/v1/campaigns", headers=headers[other], json=body)
    assert made.status_code == 201

    def seen(who: UUID) -> list[str]:
        items = service.client.get("/api/declaration/v1/campaigns", headers=headers[who]).json()["items"]
        return [item["caf_code"] for item in items]

    assert (seen(moved), seen(other)) == (["359"], ["359"])
    tell(service, "moved", moved, 5, caf_code="569")
    assert (seen(moved), seen(other)) == ([], ["359"])
    # What an earlier version of identity told names no supervisor, and is older.
    tell(service, "restored", moved, 4, caf_code="359")
    assert seen(moved) == []
    tell(service, "moved", moved, 6, caf_code="569", supervisor=True)
    assert seen(moved) == ["359"]
