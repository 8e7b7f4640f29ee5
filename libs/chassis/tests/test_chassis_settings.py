"""Each key is read from ``BAILLEURS_<FIELD>``; a wrong one stops the start with its name."""

from dataclasses import dataclass, fields
from typing import Any

import pytest
from chassis.settings import Settings, SettingsError

CHOSEN = ("trusted_proxies", "service", "environment", "log_level")
TEXTS = [field.name for field in fields(Settings) if field.type is str and field.name not in CHOSEN]
NUMBERS = ["http_threads", "inbox_max_attempts"]


@dataclass(frozen=True, kw_only=True)
class Own(Settings):
    """As a service adds to the settings."""

    at_once: bool = False
    share: float = 0.5


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in fields(Own):
        monkeypatch.delenv(f"BAILLEURS_{field.name.upper()}", raising=False)


def test_without_any_key_everything_has_a_default_that_works_alone() -> None:
    settings = Settings.load("habilitation")
    assert settings.environment == "development"
    assert settings.database_url == "sqlite:///var/data/habilitation.sqlite3"
    assert settings.storage_url == "file://var/storage/habilitation"
    assert settings.amqp_url == ""


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_is_read_from_its_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BAILLEURS_{name.upper()}", "https://written.example")
    assert getattr(Settings.load("toybox"), name) == "https://written.example"


def test_a_log_level_is_one_of_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILLEURS_LOG_LEVEL", "warning")
    assert Settings.load("toybox").log_level == "warning"
    monkeypatch.setenv("BAILLEURS_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError, match="BAILLEURS_LOG_LEVEL"):
        Settings.load("toybox")


@pytest.mark.parametrize("name", NUMBERS)
def test_each_number_is_read_from_its_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BAILLEURS_{name.upper()}", "7")
    assert getattr(Settings.load("toybox"), name) == 7


def test_the_table_of_keys_above_is_complete() -> None:
    assert {*TEXTS, *NUMBERS, *CHOSEN} == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("bad", ["many", "", "1.5", "1e3"])
def test_a_number_that_is_none_is_refused_with_the_name_of_its_key(
    name: str, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"BAILLEURS_{name.upper()}", bad)
    with pytest.raises(SettingsError, match=f"BAILLEURS_{name.upper()}"):
        Settings.load("toybox")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("bad", ["0", "-1"])
def test_a_count_below_one_is_refused(name: str, bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"BAILLEURS_{name.upper()}", bad)
    with pytest.raises(SettingsError, match=f"BAILLEURS_{name.upper()}"):
        Settings.load("toybox")


def test_a_refused_value_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings(service="toybox", environment="s3cret")
    assert "s3cret" not in str(refused.value)
    assert "development, test, production" in str(refused.value)


def test_the_settings_of_a_service_are_read_with_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILLEURS_AT_ONCE", "true")
    monkeypatch.setenv("BAILLEURS_SHARE", "0.25")
    own = Own.load("toybox")
    assert (own.at_once, own.share) == (True, 0.25)


def test_a_boolean_that_is_none_is_refused_with_the_name_of_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILLEURS_AT_ONCE", "perhaps")
    with pytest.raises(SettingsError, match="BAILLEURS_AT_ONCE"):
        Own.load("toybox")


@pytest.mark.parametrize("name", ["database_url", "amqp_url", "storage_url"])
def test_the_service_has_its_own_place_in_each_address(name: str) -> None:
    address: dict[str, Any] = {name: "x://{service}:pw@host/{service}"}
    settings = Settings(service="toybox", **address)
    assert getattr(settings, name) == "x://toybox:pw@host/toybox"


def test_the_tray_of_exchange_is_the_same_for_all() -> None:
    assert Settings(service="a").exchange_url == Settings(service="b").exchange_url


@pytest.mark.parametrize("url", ["http://mon-compte.example", "ftp://x", ""])
def test_production_refuses_an_address_in_clear(url: str) -> None:
    with pytest.raises(SettingsError, match="BAILLEURS_PUBLIC_URL"):
        Settings(service="toybox", environment="production", public_url=url)


def test_production_accepts_https_and_it_is_the_issuer_of_tokens() -> None:
    settings = Settings(service="toybox", environment="production", public_url="https://mon-compte.example")
    assert settings.issuer == "https://mon-compte.example"


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(AttributeError):
        Settings(service="toybox").audience = "other"  # type: ignore[misc]  # what must be refused
