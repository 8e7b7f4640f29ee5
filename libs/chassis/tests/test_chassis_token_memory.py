"""A token verified before is let in without its signature being checked again, and never longer than one that is."""

import gc
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from chassis import auth, clock
from chassis.auth import KeySource
from chassis.problems import Unauthorized
from chassis.settings import Settings
from chassis.testing.harness import Harness
from chassis.token_memory import TokenMemory
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

SETTINGS = Settings(service="toybox", environment="test")
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
SAME_NAME = ECKey.generate_key("P-256", {"kid": "k1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k2"})


class Issuer:
    """The keys that are published now."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.source = KeySource(lambda: KeySet(list(self.keys)).as_dict(private=False))
        self.source.refresh()

    def publish(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.source.refresh()


def token(key: ECKey = KEY, **claims: Any) -> str:
    now = int(clock.now().timestamp())
    payload = {"iss": SETTINGS.issuer, "aud": "bailleurs", "sub": str(uuid4()), "kind": "landlord", "exp": now + 300}
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, {**payload, **claims}, key)


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was checked."""
    checked: list[str] = []
    real = auth.verified

    def count(text: str, keys: KeySource, settings: Settings) -> tuple[dict[str, Any], str]:
        checked.append(text)
        return real(text, keys, settings)

    monkeypatch.setattr(auth, "verified", count)
    return checked


def test_the_signature_of_a_token_is_checked_once(signatures: list[str]) -> None:
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token(sub="7f5c2c3e-4a94-4a0c-9d94-6d6d7d1f4a11")
    assert [memory.verify(given)["sub"] for _ in range(3)] == ["7f5c2c3e-4a94-4a0c-9d94-6d6d7d1f4a11"] * 3
    assert signatures == [given]


def test_two_tokens_are_never_confused() -> None:
    memory = TokenMemory(Issuer(KEY, OTHER).source, SETTINGS)
    subjects = [uuid4() for _ in range(40)]
    given = [token((KEY, OTHER)[number % 2], sub=str(subject)) for number, subject in enumerate(subjects)]
    for _ in range(2):
        assert [UUID(memory.verify(one)["sub"]) for one in given] == subjects


def test_what_a_request_changes_in_its_claims_is_not_in_the_next_one() -> None:
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token(kind="agent", caf="359")
    for _ in range(3):
        claims = memory.verify(given)
        assert claims["caf"] == "359"
        claims["caf"] = "059"


def test_an_altered_token_is_refused_though_the_true_one_is_known() -> None:
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token()
    memory.verify(given)
    head, body, signature = given.split(".")
    foreign = token().split(".")
    for altered in (
        f"{head}.{foreign[1]}.{signature}",
        f"{head}.{body}.{foreign[2]}",
        f"{head}.{body}.",
        given[:-4] + "AAAA",
    ):
        with pytest.raises(Unauthorized):
            memory.verify(altered)
    assert memory.verify(given)


def test_a_refused_token_is_not_remembered(signatures: list[str]) -> None:
    issuer = Issuer(OTHER)
    memory, given = TokenMemory(issuer.source, SETTINGS), token(KEY)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            memory.verify(given)
    assert signatures == [given, given]
    assert len(memory) == 0
    issuer.publish(OTHER, KEY)
    assert memory.verify(given)


def test_a_known_token_ends_at_its_time() -> None:
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token()
    memory.verify(given)
    with time_machine.travel(clock.now() + timedelta(seconds=305)):
        assert memory.verify(given)
    with time_machine.travel(clock.now() + timedelta(seconds=311)), pytest.raises(Unauthorized):
        memory.verify(given)
    assert len(memory) == 0


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_known_token_does_not_begin_before_its_time(claim: str) -> None:
    start = int(clock.now().timestamp())
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token(KEY, **{claim: start})
    memory.verify(given)
    with time_machine.travel(clock.now() - timedelta(seconds=60)), pytest.raises(Unauthorized):
        memory.verify(given)


@pytest.mark.parametrize("published", [(OTHER,), (SAME_NAME,), (OTHER, SAME_NAME)], ids=["gone", "replaced", "both"])
def test_a_known_token_is_refused_as_soon_as_its_key_is_withdrawn(published: tuple[ECKey, ...]) -> None:
    issuer = Issuer(KEY, OTHER)
    memory, given = TokenMemory(issuer.source, SETTINGS), token()
    memory.verify(given)
    issuer.publish(*published)
    with pytest.raises(Unauthorized):
        memory.verify(given)


def test_a_token_that_names_no_key_is_checked_each_time(signatures: list[str]) -> None:
    memory = TokenMemory(Issuer(KEY).source, SETTINGS)
    payload = {"iss": SETTINGS.issuer, "aud": "bailleurs", "sub": str(uuid4()), "kind": "landlord"}
    exp = int(clock.now().timestamp()) + 300
    given = jwt.encode({"alg": "ES256", "typ": "at+jwt"}, {**payload, "exp": exp}, KEY)
    assert memory.verify(given) == memory.verify(given)
    assert signatures == [given, given]


def test_the_oldest_makes_room(signatures: list[str]) -> None:
    memory = TokenMemory(Issuer(KEY).source, SETTINGS, most=3)
    given = [token() for _ in range(5)]
    for one in given:
        memory.verify(one)
    assert len(memory) == 3
    signatures.clear()
    for one in reversed(given[2:]):
        memory.verify(one)
    assert signatures == []
    memory.verify(given[0])
    assert signatures == [given[0]]


def test_no_token_is_kept() -> None:
    memory, given = TokenMemory(Issuer(KEY).source, SETTINGS), token()
    memory.verify(given)
    seen: set[int] = set()
    waiting: list[Any] = [memory]
    texts: list[str] = []
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type):
            continue
        seen.add(id(one))
        if isinstance(one, str | bytes):
            texts.append(one if isinstance(one, str) else one.decode("latin-1"))
        elif isinstance(one, dict | tuple | list | TokenMemory):
            waiting += [one.__dict__] if isinstance(one, TokenMemory) else gc.get_referents(one)
    assert len(texts) > 5
    assert not [text for text in texts if given.split(".")[2] in text]


def test_the_scope_is_checked_for_every_operation_of_a_known_token(toy_on_sqlite: Harness) -> None:
    headers = toy_on_sqlite.headers(kind="agent", caf="359")
    for _ in range(2):
        assert toy_on_sqlite.client.get("/api/toybox/v1/for-agents", headers=headers).status_code == 200
        assert toy_on_sqlite.client.get("/api/toybox/v1/for-landlords", headers=headers).status_code == 403
