"""Path, query and header parameters: named when they are wrong, and never a server error."""

from typing import Any
from urllib.parse import quote

import pytest
from chassis.testing.harness import Harness
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BASE = "/api/toybox/v1"


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", ["/query/limit"]),
        ("limit=201", ["/query/limit"]),
        ("limit=x", ["/query/limit"]),
        ("limit=1.5", ["/query/limit"]),
        (f"limit={10**30}", ["/query/limit"]),
        ("limit=-1", ["/query/limit"]),
        ("surprise=1", ["/query/surprise"]),
        ("b=1&a=2", ["/query/a", "/query/b"]),
        ("limit=0&surprise=1", ["/query/surprise", "/query/limit"]),
        ("q=" + "x" * 101, ["/query/q"]),
        ("q=%00", ["/query/q"]),
        ("q=a%00b", ["/query/q"]),
        ("cursor=%FF", ["/query/cursor"]),
        ("cursor=x", ["/query/cursor"]),
    ],
)
def test_a_wrong_query_is_refused_with_the_names(toy_on_sqlite: Harness, query: str, expected: list[str]) -> None:
    answer = toy_on_sqlite.client.get(f"{BASE}/things?{query}")
    assert answer.status_code == 400
    assert pointers(answer) == expected


@pytest.mark.parametrize("number", ["-1", "1000001", str(10**23), "x", "1.5", "%00", "1%0A", "٣"])
def test_a_wrong_number_in_a_path_is_refused_or_not_found(toy_on_sqlite: Harness, number: str) -> None:
    answer = toy_on_sqlite.client.get(f"{BASE}/squares/{number}")
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["//ping", "/things//x", "//things", "/squares//12"])
def test_a_path_with_an_empty_part_is_not_found(toy_on_sqlite: Harness, path: str) -> None:
    answer = toy_on_sqlite.client.get(BASE + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_number_in_a_path_arrives_as_a_number(toy_on_sqlite: Harness) -> None:
    assert toy_on_sqlite.client.get(f"{BASE}/squares/12").json() == {"square": "144"}


@pytest.mark.parametrize("thing_id", ["x", "5", "0" * 32 + "x", "%00", "a" * 5000])
def test_a_wrong_id_in_a_path_is_refused(toy: Harness, thing_id: str) -> None:
    answer = toy.client.get(f"{BASE}/things/{thing_id}")
    assert answer.status_code == 400
    assert pointers(answer) == ["/path/thing_id"]


def test_an_empty_idempotency_key_is_refused_as_a_header(toy_on_sqlite: Harness) -> None:
    headers = {**toy_on_sqlite.headers(), "Idempotency-Key": ""}
    answer = toy_on_sqlite.client.post(f"{BASE}/things", json={"name": "a"}, headers=headers)
    assert answer.status_code == 400
    assert pointers(answer) == ["/header/Idempotency-Key"]


def test_pages_follow_each_other_by_cursor(toy: Harness) -> None:
    for name in ("a", "b", "c"):
        toy.client.post(f"{BASE}/things", json={"name": name}, headers=toy.headers())
    first = toy.client.get(f"{BASE}/things").json()
    second = toy.client.get(f"{BASE}/things", params={"cursor": first["next_cursor"]}).json()
    assert (first["items"], second["items"], second["next_cursor"]) == (["a", "b"], ["c"], None)


def test_a_refused_parameter_is_not_repeated(toy_on_sqlite: Harness) -> None:
    for path in ("/things?limit=LeGoff", "/things/LeGoff", "/things?cursor=LeGoff"):
        assert "LeGoff" not in toy_on_sqlite.client.get(BASE + path).text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_query_at_all_gives_a_server_error(toy_on_sqlite: Harness, limit: str, cursor: str, q: str) -> None:
    parts = {"limit": limit, "cursor": cursor, "q": q}
    query = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in parts.items())
    assert toy_on_sqlite.client.get(f"{BASE}/things?{query}").status_code in (200, 400)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=20).filter(lambda part: b"\n" not in part))  # stopped by the edge
def test_no_path_at_all_gives_a_server_error(toy_on_sqlite: Harness, part: bytes) -> None:
    for place in ("squares", "things"):
        answer = toy_on_sqlite.client.get(f"{BASE}/{place}/{quote(part, safe='')}")
        assert answer.status_code in (200, 307, 400, 404)
