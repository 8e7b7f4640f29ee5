"""No body, however made, gets anything but an answer of 400, 413 or 415 that names what is wrong."""

from typing import Any

import orjson
import pytest
from chassis.testing.harness import Harness
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

THINGS = "/api/toybox/v1/things"
JSON = "application/json"
PRIVATE = "Le Goff"


@pytest.fixture
def post(toy_on_sqlite: Harness) -> Any:
    headers = toy_on_sqlite.headers()

    def send(body: bytes, content_type: str = JSON) -> Any:
        return toy_on_sqlite.client.post(THINGS, content=body, headers={**headers, "Content-Type": content_type})

    return send


MALFORMED = {
    "nothing": b"",
    "no json": b"{",
    "a word": b"hello",
    "bad utf-8": b'{"name": "\xff\xfe"}',
    "latin-1": '{"name": "Été"}'.encode("latin-1"),
    "utf-16": '{"name": "x"}'.encode("utf-16"),
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand objects": b'{"a":' * 100_000,
    "lone surrogate": b'{"name": "\\ud800"}',
    "nul": b'{"name": "a\\u0000b"}',
    "nul in a member": b'{"name": "a", "extra": {"a\\u0000": 1}}',
    "nan": b'{"name": "a", "count": NaN}',
    "infinity": b'{"name": "a", "count": Infinity}',
    "two documents": b'{"name": "a"}{"name": "b"}',
    "a comment": b'{"name": "a"} // x',
    "null": b"null",
    "a list": b"[]",
    "a text": b'"name"',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_a_bad_request(post: Any, toy_on_sqlite: Harness, body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bailleurs:problem:bad-request"
    assert toy_on_sqlite.rows("thing") == []


REFUSED: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"/name"}),
    ({"name": ""}, {"/name"}),
    ({"name": "x" * 41}, {"/name"}),
    ({"name": 5}, {"/name"}),
    ({"name": "a", "country": "FR\n"}, {"/country"}),
    ({"name": "a", "day": "2026-13-99"}, {"/day"}),
    ({"name": "a", "count": 10**23}, {"/count"}),
    ({"name": "a", "count": -(10**23)}, {"/count"}),
    ({"name": "a", "amount": 512.3}, {"/amount"}),
    ({"name": "a", "amount": "512,305"}, {"/amount"}),
    ({"name": "a", "surprise": 1, "another": 2}, {"/surprise", "/another"}),
    (
        {"name": "a", "extra": {"a/b": "x", "c~d": "y", "lines": ["", 5]}},
        {"/extra/a~1b", "/extra/c~0d", "/extra/lines/0", "/extra/lines/1"},
    ),
    ({"country": "x", "day": "y", "wanted": "z"}, {"/name", "/country", "/day", "/wanted"}),
]


@pytest.mark.parametrize(("body", "pointers"), REFUSED)
def test_every_bad_field_is_named_at_once(post: Any, body: dict[str, Any], pointers: set[str]) -> None:
    answer = post(orjson.dumps(body) if "count" not in body else str(body).replace("'", '"').encode())
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers


def test_the_answer_and_the_log_do_not_repeat_what_was_refused(
    post: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    bodies: list[Any] = [{"name": 5, "country": PRIVATE}, {"name": PRIVATE * 20}, {"name": "a", "day": PRIVATE}]
    for body in [*(orjson.dumps(one) for one in bodies), f'{{"name": "{PRIVATE}'.encode()]:
        answer = post(body)
        assert answer.status_code == 400
        assert PRIVATE not in answer.text
    written = capfd.readouterr()
    assert PRIVATE not in written.out + written.err + caplog.text


def test_a_member_given_twice_is_refused_since_readers_disagree_on_which_counts(post: Any) -> None:
    assert post(b'{"name": "first", "name": "last"}').status_code == 400


@pytest.mark.parametrize("depth", [33, 256, 1_000, 100_000])
def test_a_body_deeper_than_any_contract_is_refused(post: Any, depth: int) -> None:
    assert post(b"[" * depth + b"]" * depth).status_code == 400
    assert post(b'{"a":' * depth + b"1" + b"}" * depth).status_code == 400


def test_a_body_that_does_not_say_what_it_is_is_refused(toy_on_sqlite: Harness) -> None:
    sent = toy_on_sqlite.client.post("/api/toybox/v1/things", content=b'{"name": "a"}', headers=toy_on_sqlite.headers())
    assert sent.status_code == 415


@pytest.mark.parametrize("content_type", ["Application/JSON", " application/json ;charset=utf-8"])
def test_a_media_type_is_the_same_however_it_is_written(post: Any, content_type: str) -> None:
    assert post(b'{"name": ""}', content_type).status_code == 400
    assert post(b'{"name": "a"}', content_type).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "nonsense",
    ],
)
def test_another_type_of_content_is_refused_as_such(post: Any, content_type: str) -> None:
    answer = post(b'{"name": "a"}', content_type)
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:bailleurs:problem:unsupported-media-type"


def test_a_charset_that_is_not_utf_8_does_not_crash(post: Any) -> None:
    body = '{"name": "Été"}'
    assert post(body.encode("latin-1"), f"{JSON}; charset=latin-1").status_code in (400, 415)
    assert post(body.encode(), f"{JSON}; charset=nonsense").status_code in (201, 400, 415)


def test_a_body_over_a_megabyte_is_too_large(post: Any) -> None:
    answer = post(b'{"name": "' + b"a" * 1_000_001 + b'"}')
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:bailleurs:problem:too-large"


def test_a_body_of_almost_a_megabyte_is_read(post: Any) -> None:
    assert post(b'{"name": "a"' + b" " * 900_000 + b"}").status_code == 201


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_bytes_at_all_give_a_server_error(post: Any, body: bytes) -> None:
    assert post(body).status_code in (400, 413, 415)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["name", "amount", "country", "day", "count", "extra", "x"]), JSON_VALUES))
def test_no_json_at_all_gives_a_server_error(post: Any, body: dict[str, Any]) -> None:
    import json

    assert post(json.dumps(body).encode("utf-8", "surrogatepass")).status_code in (201, 400, 409)


def test_an_upload_reaches_its_handler_whole(toy_on_sqlite: Harness) -> None:
    content = b"x" * 3_000_000
    answer = toy_on_sqlite.client.post("/api/toybox/v1/uploads", files={"file": ("registry.csv", content)})
    assert (answer.status_code, answer.json()) == (201, {"size": 3_000_000})


def test_an_upload_over_its_limit_is_refused_and_not_read(toy_on_sqlite: Harness) -> None:
    content = b"x" * 3_200_000
    answer = toy_on_sqlite.client.post("/api/toybox/v1/uploads", files={"file": ("registry.csv", content)})
    assert answer.status_code == 413


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_an_upload_without_its_file_is_a_bad_request(toy_on_sqlite: Harness, content_type: str) -> None:
    answer = toy_on_sqlite.client.post(
        "/api/toybox/v1/uploads", content=b"nonsense", headers={"Content-Type": content_type}
    )
    assert answer.status_code == 400
