"""A key withdrawn at once opens nothing two seconds later, whoever was let in with it before; an issuer that is away or
slow keeps nobody out.

Time passes by setting back when the keys were last looked at: no test waits for it.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chassis import auth
from chassis.auth import KeySource
from chassis.testing import harness
from chassis.testing.harness import Harness
from chassis.webapp import create_api
from joserfc.jwk import ECKey, KeySet
from starlette.testclient import TestClient

ME = "/api/toybox/v1/me"
NEW = ECKey.generate_key("P-256", {"kid": "new"})


class Issuer:
    def __init__(self) -> None:
        self.keys = [harness._SIGNING]
        self.before: Callable[[], object] = lambda: None

    def __call__(self) -> Any:
        self.before()
        return KeySet(list(self.keys)).as_dict(private=False)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def keys(issuer: Issuer) -> Iterator[KeySource]:
    source = KeySource(issuer)
    source.refresh()
    first_look = source._next_look
    source.start()
    first_look.result(5)
    yield source
    source.stop()


@pytest.fixture
def status(toy_on_sqlite: Harness, keys: KeySource) -> Callable[[dict[str, str]], int]:
    client = TestClient(create_api(toy_on_sqlite.runtime, keys), raise_server_exceptions=False)
    return lambda headers: client.get(ME, headers=headers).status_code


def pass_seconds(keys: KeySource, seconds: float) -> None:
    keys._looked_at -= seconds


def test_a_token_let_in_before_is_refused_two_seconds_after_its_key_was_withdrawn(
    toy_on_sqlite: Harness, status: Callable[[dict[str, str]], int], issuer: Issuer, keys: KeySource
) -> None:
    headers = toy_on_sqlite.headers()
    assert [status(headers), status(headers)] == [200, 200]
    issuer.keys = [NEW]
    pass_seconds(keys, 2)
    assert status(headers) == 401


def test_an_issuer_that_fails_keeps_nobody_out(
    toy_on_sqlite: Harness, status: Callable[[dict[str, str]], int], issuer: Issuer, keys: KeySource
) -> None:
    def fail() -> None:
        raise ConnectionError

    issuer.before = fail
    pass_seconds(keys, 60)
    assert status(toy_on_sqlite.headers()) == 200


def test_an_issuer_that_does_not_answer_keeps_nobody_waiting(
    toy_on_sqlite: Harness, status: Callable[[dict[str, str]], int], issuer: Issuer, keys: KeySource
) -> None:
    answer = threading.Event()
    issuer.before = answer.wait
    pass_seconds(keys, 60)
    # It would wait for ever.
    assert status(toy_on_sqlite.headers()) == 200
    answer.set()


def test_while_requests_come_the_keys_are_fetched_before_anybody_has_to_wait(issuer: Issuer, keys: KeySource) -> None:
    fetched = threading.Event()
    issuer.before = fetched.set
    pass_seconds(keys, auth.ASKED_AGAIN_SECONDS + 0.1)
    assert keys.fresh()
    assert fetched.wait(5)


def test_keys_that_nobody_fetches_in_the_background_are_not_waited_for() -> None:
    source = KeySource(Issuer())
    source.refresh()
    pass_seconds(source, 3600)
    assert source.fresh()
