"""The keys of an installation: fresh, long enough, and readable by what uses them."""

import base64
import json
from typing import Any

import pytest
from chassis import keys, sealing
from chassis.sealing import SealBroken
from chassis.settings import Settings

BYTES = ("EVENT_KEY", "IDENTITY_KEY", "PORTAL_CLIENT_SECRET", "SESSION_KEY")


def jwks(text: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(keys.unb64(text))["keys"]
    return read


@pytest.mark.parametrize("name", BYTES)
def test_a_random_key_has_256_bits_and_is_never_the_same(name: str) -> None:
    first, second = (keys.generate()[f"BAILLEURS_{name}"] for _ in range(2))
    assert len(keys.unb64(first)) == 32
    assert first != second


def test_public_keys_hold_nothing_private() -> None:
    public = jwks(keys.generate()["BAILLEURS_SEALING_PUBLIC_KEYS"])
    assert {key["kid"] for key in public} == set(keys.SEALED_FOR)
    assert all("d" not in key for key in public)


def test_each_service_alone_gets_its_own_private_key() -> None:
    made = keys.generate()
    for service in keys.SEALED_FOR:
        (own,) = jwks(made[f"BAILLEURS_SEALING_PRIVATE_KEYS_{service.upper()}"])
        assert own["kid"] == service
        assert own in jwks(made["BAILLEURS_SEALING_PRIVATE_KEYS"])


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"abc", bytes(range(256))])
def test_base64url_without_padding_comes_back(data: bytes) -> None:
    text = keys.b64(data)
    assert "=" not in text
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")
    assert keys.unb64(text) == data


def installation(service: str, made: dict[str, str], private: str) -> Settings:
    return Settings(
        service=service,
        event_key=made["BAILLEURS_EVENT_KEY"],
        sealing_public_keys=made["BAILLEURS_SEALING_PUBLIC_KEYS"],
        sealing_private_keys=private,
    )


def test_what_is_sealed_with_the_keys_of_one_installation_opens_there_and_nowhere_else() -> None:
    made, other = keys.generate(), keys.generate()
    token = sealing.seal_for(installation("identity", made, ""), "notification", {"password": "x"})
    own = made["BAILLEURS_SEALING_PRIVATE_KEYS_NOTIFICATION"]
    assert sealing.open_sealed(installation("notification", made, own), token) == {"password": "x"}
    foreign = other["BAILLEURS_SEALING_PRIVATE_KEYS_NOTIFICATION"]
    with pytest.raises(SealBroken):
        sealing.open_sealed(installation("notification", made, foreign), token)
    neighbour = made["BAILLEURS_SEALING_PRIVATE_KEYS_DOCUMENTS"]
    with pytest.raises(SealBroken):
        sealing.open_sealed(installation("documents", made, neighbour), token)
