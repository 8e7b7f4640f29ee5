"""Access tokens are RFC 9068 tokens of our issuer, for us, in time, signed by a key that it published; nothing else."""

import base64
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis import auth, clock
from chassis.auth import Caller, KeySource
from chassis.problems import Forbidden, Unauthorized, Unavailable
from chassis.settings import Settings
from chassis.testing.harness import Harness
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

SETTINGS = Settings(service="toybox", environment="test")
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
OTHER = ECKey.generate_key("P-256", {"kid": "k2"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def source(*keys: Any) -> KeySource:
    made = KeySource(lambda: KeySet(list(keys or (KEY,))).as_dict(private=False))
    made.refresh()
    return made


def token(key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(clock.now().timestamp())
    payload = {
        "iss": SETTINGS.issuer,
        "aud": "bailleurs",
        "sub": str(uuid4()),
        "kind": "landlord",
        "exp": now + 300,
        **claims,
    }
    payload = {name: value for name, value in payload.items() if value is not ...}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid, **(header or {})}, payload, key)


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forged(header: dict[str, Any], signature: str = "") -> str:
    payload = token().split(".")[1]
    return f"{segment(header)}.{payload}.{signature}"


def hs256_with_the_public_key() -> str:
    public = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    claims = json.loads(base64.urlsafe_b64decode(token().split(".")[1] + "=="))
    return jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}, claims, public, algorithms=["HS256"])


def now() -> int:
    return int(clock.now().timestamp())


REFUSED: dict[str, Callable[[], str]] = {
    "expired": lambda: token(exp=now() - 60),
    "without end": lambda: token(exp=...),
    "not valid yet": lambda: token(nbf=now() + 3600),
    "for another audience": lambda: token(aud="caf"),
    "for several others": lambda: token(aud=["caf", "other"]),
    "without audience": lambda: token(aud=...),
    "of another issuer": lambda: token(iss="https://evil.example"),
    "without issuer": lambda: token(iss=...),
    "without subject": lambda: token(sub=...),
    "whose subject is no id of ours": lambda: token(sub="admin"),
    "whose kind is none of ours": lambda: token(kind="service"),
    "whose Caf is no code of three digits": lambda: token(kind="agent", caf="3590"),
    "whose organisation is no id of ours": lambda: token(org="5"),
    "without kind": lambda: token(kind=...),
    "an id token": lambda: token(header={"typ": "JWT"}),
    "without type": lambda: jwt.encode({"alg": "ES256", "kid": "k1"}, {"sub": "x"}, KEY),
    "alg none": lambda: forged({"alg": "none", "typ": "at+jwt", "kid": "k1"}),
    "alg None": lambda: forged({"alg": "None", "typ": "at+jwt", "kid": "k1"}),
    "HS256 with the public key": hs256_with_the_public_key,
    "RS256": lambda: token(RSA, {"alg": "RS256"}),
    "signed by another key under our key id": lambda: token(OTHER, {"kid": "k1"}),
    "of an unknown key id": lambda: token(OTHER),
    "without signature": lambda: token().rsplit(".", 1)[0] + ".",
    "altered": lambda: token()[:-4] + "AAAA",
    "with unknown critical headers": lambda: forged(
        {"alg": "ES256", "typ": "at+jwt", "kid": "k1", "crit": ["x"], "x": 1}
    ),
    "header is a list": lambda: f"{segment([])}.{segment({})}.AAAA",
    "algorithm is a number": lambda: forged({"alg": 5, "kid": "k1"}),
    "algorithm is a list": lambda: forged({"alg": ["ES256"], "kid": "k1"}),
    "key id is a list": lambda: forged({"alg": "ES256", "typ": "at+jwt", "kid": ["k1"]}),
    "deeply nested": lambda: base64.urlsafe_b64encode(b"[" * 40_000).decode() + ".e30.AAAA",
    "empty": lambda: "",
    "dots": lambda: "..",
    "five parts": lambda: "a.b.c.d.e",
    "not base64": lambda: "é.é.é",
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_bad_token_is_refused_with_one_sentence(make: Callable[[], str]) -> None:
    with pytest.raises(Unauthorized) as refused:
        auth.verify(make(), source(KEY, RSA), SETTINGS)
    assert refused.value.detail == "Le jeton d’accès n’est pas valable ou a expiré."


@given(
    st.text(max_size=60)
    | st.lists(st.binary(max_size=20), min_size=3, max_size=3).map(
        lambda parts: ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    )
)
def test_no_text_at_all_is_a_token(text: str) -> None:
    with pytest.raises(Unauthorized):
        auth.verify(text, KEYS, SETTINGS)


KEYS = source()


def test_a_good_token_gives_its_claims() -> None:
    assert auth.verify(token(kind="agent"), source(), SETTINGS)["kind"] == "agent"


def test_a_clock_a_few_seconds_off_is_forgiven() -> None:
    assert auth.verify(token(exp=now() - 5), source(), SETTINGS)
    assert auth.verify(token(nbf=now() + 5), source(), SETTINGS)


def test_an_audience_among_several_is_ours() -> None:
    assert auth.verify(token(aud=["caf", "bailleurs"]), source(), SETTINGS)


def test_before_the_first_keys_nobody_is_refused_but_told_to_wait() -> None:
    with pytest.raises(Unavailable):
        auth.verify(token(), KeySource(lambda: {}), SETTINGS)


class Publisher:
    """The issuer's key set, counting how often it is read; ``failing`` makes it unreachable."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.reads = 0
        self.failing = False

    def __call__(self) -> Any:
        self.reads += 1
        if self.failing:
            raise httpx.ConnectError("away")
        return KeySet(self.keys).as_dict(private=False)


def eventually(true: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def test_an_unknown_key_id_brings_one_refresh_however_many_forged_tokens_come() -> None:
    publisher = Publisher(KEY)
    keys = KeySource(publisher)
    keys.start()
    assert eventually(lambda: keys.ready)
    keys._fetched_at -= 60  # the last fetch was a while ago
    publisher.keys.append(OTHER)
    for _ in range(50):
        with pytest.raises(Unauthorized):
            auth.verify(token(ECKey.generate_key("P-256", {"kid": "forged"})), keys, SETTINGS)
    assert eventually(lambda: publisher.reads == 2)
    time.sleep(0.1)
    assert publisher.reads == 2
    assert auth.verify(token(OTHER), keys, SETTINGS)
    keys.stop()


def test_verifying_never_waits_for_the_network() -> None:
    slow = threading.Event()
    keys = KeySource(lambda: slow.wait(5) and {})
    keys.start()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        auth.verify(token(), keys, SETTINGS)
    assert time.monotonic() - started < 1
    slow.set()
    keys.stop()


def test_keys_that_were_read_stay_when_the_issuer_is_away() -> None:
    publisher = Publisher(KEY)
    keys = KeySource(publisher)
    keys.start()
    assert eventually(lambda: keys.ready)
    publisher.failing = True
    keys._wanted.set()
    assert eventually(lambda: publisher.reads > 1)
    assert auth.verify(token(), keys, SETTINGS)
    keys.stop()


def test_an_issuer_away_at_the_start_is_asked_again_until_it_answers() -> None:
    publisher = Publisher(KEY)
    publisher.failing = True
    keys = KeySource(publisher)
    keys.start()
    assert eventually(lambda: publisher.reads >= 1)
    assert not keys.ready
    publisher.failing = False
    assert eventually(lambda: keys.ready)
    keys.stop()


@pytest.mark.parametrize("published", [{}, {"keys": "x"}, [], None, {"keys": [{}]}, {"keys": [{"kty": "EC"}]}])
def test_a_key_set_that_is_none_does_not_end_the_thread(published: Any) -> None:
    answers = [published]
    keys = KeySource(lambda: answers.pop() if answers else KeySet([KEY]).as_dict(private=False))
    keys.start()
    assert eventually(lambda: keys.ready)
    keys.stop()


@pytest.mark.parametrize(
    ("scope", "named", "allowed"),
    [
        ("openid", (), True),
        ("openid email", ("things:read",), True),
        ("things:read", ("things:read",), True),
        ("things:read things:write", ("things:read",), True),
        ("things:read", (), False),
        ("things:read", ("things:write",), False),
        ("things:read", ("things:read", "things:write"), False),
        ("", ("things:read",), False),
        ("openidx", (), False),
    ],
)
def test_a_program_opens_the_operations_that_name_its_scope_and_no_other(
    scope: str, named: tuple[str, ...], allowed: bool
) -> None:
    if allowed:
        auth.check_scope({"scope": scope}, named)
    else:
        with pytest.raises(Forbidden):
            auth.check_scope({"scope": scope}, named)


def test_a_caller_is_made_of_the_claims() -> None:
    sub, org = uuid4(), uuid4()
    claims = {"sub": str(sub), "kind": "landlord", "org": str(org), "scope": "openid profile", "amr": ["pwd", "otp"]}
    caller = Caller.from_claims(claims)
    assert (caller.sub, caller.org, caller.caf, caller.supervisor) == (sub, org, None, False)
    assert (set(caller.scope), caller.amr) == ({"openid", "profile"}, ("pwd", "otp"))


@pytest.mark.parametrize(
    ("claims", "agent", "landlord"),
    [
        ({"kind": "agent", "caf": "359"}, True, False),
        ({"kind": "landlord", "org": str(uuid4())}, False, True),
        ({"kind": "landlord"}, False, False),
        ({"kind": "agent", "org": str(uuid4())}, True, False),
    ],
)
def test_a_caller_is_an_agent_or_a_landlord_or_refused(claims: dict[str, Any], agent: bool, landlord: bool) -> None:
    caller = Caller.from_claims({"sub": str(uuid4()), **claims})
    for allowed, check in ((agent, caller.as_agent), (landlord, caller.as_landlord)):
        if allowed:
            assert check() is caller
        else:
            with pytest.raises(Forbidden):
                check()


BASE = "/api/toybox/v1"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer x", "x" * 20_000])
def test_a_wrong_authorization_header_is_401(toy_on_sqlite: Harness, value: str) -> None:
    answer = toy_on_sqlite.client.get(f"{BASE}/me", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_token_is_not_repeated_in_the_log(toy_on_sqlite: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    expired = toy_on_sqlite.token(exp=now() - 60)
    assert toy_on_sqlite.client.get(f"{BASE}/me", headers={"Authorization": f"Bearer {expired}"}).status_code == 401
    assert expired.split(".")[1] not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("path", "claims", "status"),
    [
        ("/for-agents", {"kind": "agent", "caf": "359"}, 200),
        ("/for-agents", {"kind": "landlord", "org": str(uuid4())}, 403),
        ("/for-landlords", {"kind": "landlord", "org": str(uuid4())}, 200),
        ("/for-landlords", {"kind": "agent", "caf": "359"}, 403),
        ("/me", {"kind": "landlord", "scope": "openid profile"}, 200),
        ("/me", {"kind": "landlord", "scope": "things:read"}, 403),
        ("/me", {"kind": "landlord", "scope": ""}, 403),
    ],
)
def test_an_operation_lets_in_whom_it_is_for(
    toy_on_sqlite: Harness, path: str, claims: dict[str, Any], status: int
) -> None:
    assert toy_on_sqlite.client.get(BASE + path, headers=toy_on_sqlite.headers(**claims)).status_code == status
