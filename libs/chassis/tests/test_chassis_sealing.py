"""What is sealed is read by whom it is for, and by nobody else."""

import base64
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis import keys, sealing
from chassis.sealing import SealBroken
from chassis.settings import Settings, SettingsError
from chassis.testing.harness import SEALING
from hypothesis import given
from hypothesis import strategies as st

PERSON = {"last_name": "Le Goff", "first_name": "Nolwenn", "lines": ["2 place des Lices", "35000 Rennes"]}
JSON_OBJECTS = st.dictionaries(
    st.text(max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


def settings(service: str = "identity", **changes: Any) -> Settings:
    return Settings(service=service, environment="test", **{**SEALING, **changes})


@given(JSON_OBJECTS)
def test_personal_data_comes_out_as_it_went_in(personal: dict[str, Any]) -> None:
    here = settings()
    assert sealing.open_personal(here, sealing.seal_personal(here, personal)) == personal


def test_sealed_data_shows_nothing_of_what_is_inside() -> None:
    sealed = sealing.seal_personal(settings(), PERSON)
    parts = sealed.split(".")
    visible = sealed + "".join(base64.urlsafe_b64decode(part + "===").decode("latin1") for part in parts)
    for private in ("Le Goff", "Nolwenn", "Lices", "last_name"):
        assert private not in visible


def test_the_same_data_is_sealed_differently_each_time() -> None:
    assert sealing.seal_personal(settings(), PERSON) != sealing.seal_personal(settings(), PERSON)


def test_another_key_opens_nothing() -> None:
    other = settings(event_key=keys.b64(secrets.token_bytes(32)))
    with pytest.raises(SealBroken):
        sealing.open_personal(other, sealing.seal_personal(settings(), PERSON))


def altered(sealed: str, part: int) -> str:
    parts = sealed.split(".")
    body = bytearray(keys.unb64(parts[part])) or bytearray(b"\0")
    body[0] ^= 1
    parts[part] = keys.b64(bytes(body))
    return ".".join(parts)


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
def test_altered_text_is_refused_wherever_it_was_altered(part: int) -> None:
    with pytest.raises(SealBroken):
        sealing.open_personal(settings(), altered(sealing.seal_personal(settings(), PERSON), part))


@pytest.mark.parametrize("text", ["", "x", "a.b.c.d.e", "....", "é.é.é.é.é", "eyJhbGciOiJub25lIn0....", "a.b.c"])
def test_what_is_no_seal_is_refused_and_not_a_crash(text: str) -> None:
    with pytest.raises(SealBroken):
        sealing.open_personal(settings(), text)


@given(st.text(max_size=60))
def test_no_text_at_all_opens(text: str) -> None:
    with pytest.raises(SealBroken):
        sealing.open_personal(settings(), text)


@pytest.mark.parametrize("bad", ["", "c2hvcnQ", keys.b64(b"x" * 31), keys.b64(b"x" * 33), "é", "*", "a"])
def test_a_key_that_is_none_says_what_is_expected_and_what_makes_one(bad: str) -> None:
    with pytest.raises(SettingsError, match=r"BAILLEURS_EVENT_KEY.*32 octets.*bailleurs secrets"):
        sealing.seal_personal(settings(event_key=bad), PERSON)


def test_a_secret_is_opened_by_its_addressee() -> None:
    token = sealing.seal_for(settings(), "notification", {"password": "x"})
    assert sealing.open_sealed(settings("notification"), token) == {"password": "x"}


def test_secrets_sealed_at_the_same_moment_all_open() -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda number: sealing.seal_for(settings(), "notification", {"n": number}), range(200)))
    assert [sealing.open_sealed(settings("notification"), token) for token in tokens] == [{"n": n} for n in range(200)]


def test_sealing_leaves_nothing_behind_for_the_next() -> None:
    sealing.seal_for(settings(), "notification", {})
    sealing.seal_personal(settings(), PERSON)
    assert set(sealing._FOR_ONE) == set(sealing._DIRECT) == {"alg", "enc"}


def test_a_secret_is_opened_by_nobody_else_even_with_every_other_key() -> None:
    token = sealing.seal_for(settings(), "notification", {"password": "x"})
    with pytest.raises(SealBroken):
        sealing.open_sealed(settings("documents"), token)
    with pytest.raises(SealBroken):
        sealing.open_personal(settings("notification"), token)


def test_the_public_key_does_not_open() -> None:
    only_public = settings("notification", sealing_private_keys=SEALING["sealing_public_keys"])
    token = sealing.seal_for(settings(), "notification", {"password": "x"})
    with pytest.raises((SealBroken, SettingsError)):
        sealing.open_sealed(only_public, token)


def test_personal_data_sealed_for_all_is_no_secret_for_one() -> None:
    shared = sealing.seal_personal(settings(), PERSON)
    with pytest.raises(SealBroken):
        sealing.open_sealed(settings("notification"), shared)


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
def test_an_altered_secret_is_refused(part: int) -> None:
    token = sealing.seal_for(settings(), "notification", {"password": "x"})
    with pytest.raises(SealBroken):
        sealing.open_sealed(settings("notification"), altered(token, part))


def test_a_service_without_key_is_named() -> None:
    with pytest.raises(SettingsError, match=r"SEALING_PUBLIC_KEYS.*declaration"):
        sealing.seal_for(settings(), "declaration", {})
    with pytest.raises(SettingsError, match=r"SEALING_PRIVATE_KEYS.*identity"):
        sealing.open_sealed(settings("identity", sealing_private_keys=""), "x")


def test_keys_that_cannot_be_read_are_named_and_not_shown() -> None:
    with pytest.raises(SettingsError, match="BAILLEURS_SEALING") as refused:
        sealing.seal_for(settings(sealing_public_keys="not-a-key-set"), "notification", {})
    assert "not-a-key-set" not in str(refused.value)


def jwks(value: str) -> list[dict[str, str]]:
    keys_of: list[dict[str, str]] = json.loads(keys.unb64(value))["keys"]
    return keys_of


def test_an_installation_gets_fresh_keys_each_time() -> None:
    first, second = keys.generate(), keys.generate()
    assert all(first[name] != second[name] for name in first)


def test_public_key_sets_hold_no_private_part() -> None:
    assert all("d" not in key for key in jwks(keys.generate()["BAILLEURS_SEALING_PUBLIC_KEYS"]))


def test_each_service_can_be_given_its_own_private_key_alone() -> None:
    made = keys.generate(["documents", "notification"])
    for name in ("documents", "notification"):
        own = jwks(made[f"BAILLEURS_SEALING_PRIVATE_KEYS_{name.upper()}"])
        assert [key["kid"] for key in own] == [name]
        assert "d" in own[0]


@given(st.binary(max_size=50))
def test_base64_without_padding_comes_back(data: bytes) -> None:
    assert keys.unb64(keys.b64(data)) == data
    assert "=" not in keys.b64(data)
