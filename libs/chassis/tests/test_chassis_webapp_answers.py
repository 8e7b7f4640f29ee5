"""Refusals are problem+json whoever makes them; the contract is served; our bugs show nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from chassis.db import make_engine
from chassis.testing.harness import Harness
from chassis.testing.plugin import HarnessFactory
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import Engine
from toybox.app import service

BASE = "/api/toybox/v1"


@pytest.fixture
def client(toy_on_sqlite: Harness) -> Any:
    return toy_on_sqlite.client


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{BASE}/nothing", 404, "not-found"),
        ("GET", "/elsewhere", 404, "not-found"),
        ("DELETE", f"{BASE}/ping", 405, "method-not-allowed"),
        ("PATCH", f"{BASE}/things", 405, "method-not-allowed"),
        ("GET", f"{BASE}/me", 401, "unauthorized"),
        ("GET", f"{BASE}/failures/conflict", 409, "conflict"),
        ("GET", f"{BASE}/failures/gone", 410, "gone"),
        ("GET", f"{BASE}/failures/slow-down", 429, "too-many-requests"),
        ("GET", f"{BASE}/failures/abort", 404, "not-found"),
        ("GET", f"{BASE}/failures/bug", 500, "internal-error"),
        ("GET", f"{BASE}/failures/bad-answer", 500, "internal-error"),
        ("GET", f"{BASE}/failures/pool", 503, "unavailable"),
        ("GET", f"{BASE}/failures/database", 503, "unavailable"),
    ],
)
def test_each_refusal_is_a_problem_of_its_kind(client: Any, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["type"] == f"urn:bailleurs:problem:{code}"
    assert answer.json()["status"] == status


def test_without_token_the_answer_says_how_to_be_let_in(client: Any) -> None:
    assert client.get(f"{BASE}/me").headers["www-authenticate"] == 'Bearer realm="bailleurs"'


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(client: Any) -> None:
    allowed = client.delete(f"{BASE}/ping").headers["allow"]
    assert "GET" in allowed
    assert "DELETE" not in allowed


@pytest.mark.parametrize("kind", ["slow-down", "pool", "database"])
def test_what_may_work_later_says_when(client: Any, kind: str) -> None:
    assert int(client.get(f"{BASE}/failures/{kind}").headers["retry-after"]) > 0


def test_a_bug_shows_neither_its_message_nor_its_place_to_the_caller(client: Any) -> None:
    answer = client.get(f"{BASE}/failures/bug").text
    for private in ("Le Goff", "RuntimeError", "api.py"):
        assert private not in answer


@pytest.mark.parametrize("kind", ["bug", "database"])
def test_the_log_of_a_bug_says_its_place_and_kind_without_its_message(
    client: Any, kind: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client.get(f"{BASE}/failures/{kind}")
    written = "".join(capfd.readouterr()) + caplog.text
    assert "Error" in written
    assert "Le Goff" not in written


def test_what_a_handler_returns_is_json(client: Any) -> None:
    answer = client.get(f"{BASE}/ping")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "service": "toybox"})
    assert answer.headers["content-type"] == "application/json"


def test_head_is_answered_without_a_body(harness: HarnessFactory, sqlite_url: str) -> None:
    # Outside tests answers are not checked: connexion would check the body that HEAD has not.
    answer = harness(service, sqlite_url, environment="development").client.head(f"{BASE}/ping")
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_contract_is_served_as_it_was_written(client: Any) -> None:
    contract = client.get(f"{BASE}/openapi.json").json()
    assert contract["openapi"] == "3.1.0"
    # Refusals are in the document, though connexion itself is not told of them.
    assert "application/problem+json" in contract["paths"]["/things"]["post"]["responses"]["422"]["content"]
    OpenAPIV31SpecValidator(contract).validate()


def test_money_and_ids_leave_as_strings(toy: Harness) -> None:
    answer = toy.client.post(f"{BASE}/things", json={"name": "a", "amount": "512,3"}, headers=toy.headers())
    assert answer.status_code == 201
    assert answer.json()["amount"] == "512.30"
    assert answer.headers["location"] == f"{BASE}/things/{answer.json()['id']}"


@pytest.fixture
def renamed(toy: Harness) -> Any:
    made = toy.client.post(f"{BASE}/things", json={"name": "a"}, headers=toy.headers()).json()

    def rename(**headers: str) -> Any:
        return toy.client.put(f"{BASE}/things/{made['id']}", json={"name": "b"}, headers=headers)

    return rename


def test_a_change_needs_the_version_it_starts_from(renamed: Any) -> None:
    assert renamed().status_code == 428


@pytest.mark.parametrize("given", ['"z"', "a", '"A"', "*", '"z", "y"'])
def test_a_change_of_another_version_is_refused(renamed: Any, given: str) -> None:
    assert renamed(**{"If-Match": given}).status_code == 412


@pytest.mark.parametrize("given", ['"a"', '"z", "a"', 'W/"a"'])
def test_a_change_of_this_version_is_made_and_gets_the_next(renamed: Any, given: str) -> None:
    answer = renamed(**{"If-Match": given})
    assert (answer.status_code, answer.json()["name"], answer.headers["etag"]) == (200, "b", '"b"')


def test_the_second_of_two_who_change_the_same_version_is_told(renamed: Any) -> None:
    assert [renamed(**{"If-Match": '"a"'}).status_code for _ in range(2)] == [200, 412]


@pytest.fixture
def gone(toy_on_sqlite: Harness, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The service with a database that does not answer: nothing listens at that address."""
    away = make_engine("postgresql+psycopg://nobody:x@127.0.0.1:9/none")
    monkeypatch.setattr(toy_on_sqlite.runtime, "engine", away)
    yield away
    away.dispose()


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k1"}])
def test_without_database_the_answer_is_503_and_says_when_to_come_back(
    toy_on_sqlite: Harness, gone: Engine, key: dict[str, str]
) -> None:
    answer = toy_on_sqlite.client.post(f"{BASE}/things", json={"name": "a"}, headers={**toy_on_sqlite.headers(), **key})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert toy_on_sqlite.client.get(f"{BASE}/things").status_code == 503
    assert toy_on_sqlite.client.get(f"{BASE}/ping").status_code == 200
