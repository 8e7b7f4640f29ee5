"""`bailleurs secrets`: what the error messages of the settings send people to."""

import pytest
from identity.settings import Settings
from typer.testing import CliRunner

from launcher import cli


def test_what_the_command_shows_is_what_production_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = CliRunner().invoke(cli.app, ["secrets"])
    assert shown.exit_code == 0
    for line in shown.stdout.splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BAILLEURS_ENVIRONMENT", "production")
    monkeypatch.setenv("BAILLEURS_PUBLIC_URL", "https://bailleurs.example")
    settings = Settings.load("identity")
    assert len(settings.identity_key_bytes) == 32
    assert settings.portal_client_secret


def test_two_installations_never_get_the_same_secrets() -> None:
    first, second = (set(CliRunner().invoke(cli.app, ["secrets"]).stdout.splitlines()) for _ in range(2))
    assert first
    assert not first & second
