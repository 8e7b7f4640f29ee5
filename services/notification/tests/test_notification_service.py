"""The service as a whole: schema, events, settings."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
import time_machine
from chassis import clock
from chassis.keys import b64
from chassis.settings import SettingsError
from chassis.testing import schema
from chassis.testing.harness import load_schema
from joserfc.jwk import ECKey
from jsonschema_rs import validator_for
from notification.app import service
from notification.factories import mailer_for
from notification.settings import Settings
from notification_world import DAY, World


def test_the_migrations_make_what_the_models_say(world: World) -> None:
    assert schema.differences(world.harness.runtime) == []


@pytest.mark.parametrize("event_type", service.published)
def test_each_event_has_a_schema_and_examples_that_match_it(event_type: str) -> None:
    schema = load_schema(service, event_type)
    assert schema["examples"]
    for example in schema["examples"]:
        validator_for(schema).validate(example)


GOOD: dict[str, Any] = {
    "environment": "production",
    "public_url": "https://bailleurs.example",
    "mailer": "smtp",
    "printer_public_key": b64(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)).encode()),
}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"mailer": "pigeon"}, "BAILLEURS_MAILER"),
        ({"mailer": "caught"}, "BAILLEURS_MAILER"),
        ({"smtp_security": "maybe"}, "BAILLEURS_SMTP_SECURITY"),
        ({"printer_public_key": ""}, "BAILLEURS_PRINTER_PUBLIC_KEY"),
        ({"printer_public_key": "e30"}, "BAILLEURS_PRINTER_PUBLIC_KEY"),
        ({"printer_public_key": "?"}, "BAILLEURS_PRINTER_PUBLIC_KEY"),
        ({"letter_batches_at_once": True}, "BAILLEURS_LETTER_BATCHES_AT_ONCE"),
        ({"letter_cutoff_ordinary": "25:00"}, "BAILLEURS_LETTER_CUTOFF"),
        ({"letter_cutoff_confidential": "10:30"}, "BAILLEURS_LETTER_CUTOFF"),
    ],
)
def test_a_setting_that_would_be_dangerous_or_unreadable_is_refused_by_name(changes: dict[str, Any], key: str) -> None:
    Settings(service="notification", **GOOD)
    with pytest.raises(SettingsError, match=key):
        Settings(service="notification", **{**GOOD, **changes})


def test_no_secret_of_the_settings_is_shown_when_they_are_printed() -> None:
    assert "hush" not in repr(Settings(service="notification", smtp_password="hush"))


def test_without_a_relay_the_mail_is_caught_in_a_directory(
    tmp_path: Path, sqlite_url: str, harness: Any, smtp_relay: Any
) -> None:
    world = World(harness(service, sqlite_url, mailer="caught", mailbox_dir=str(tmp_path / "mail")), smtp_relay.relay)
    world.credentials()
    world.send()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2
    assert smtp_relay.relay.accepted == []
    assert mailer_for(Settings(service="notification", mailer="smtp"))


def test_letters_that_wait_too_long_are_said_in_the_log(world: World) -> None:
    world.july(email=None)
    with time_machine.travel(clock.now() + timedelta(hours=2)), structlog.testing.capture_logs() as logs:
        world.harness.run_job("watch letters")
    assert [entry["event"] for entry in logs] == ["letters without PDF"]
    world.render_letters()
    world.make_batches()
    with time_machine.travel(clock.now() + 7 * DAY), structlog.testing.capture_logs() as logs:
        world.harness.run_job("watch letters")
    assert [entry["event"] for entry in logs] == ["letter batch without receipt"]


def test_no_log_line_holds_an_address_a_name_or_a_secret(world: World) -> None:
    with structlog.testing.capture_logs() as logs:
        world.credentials(email="bounce@example.org")
        world.july(email="later@example.org")
        world.recap()
        world.send()
    told = str(logs)
    assert logs
    for hidden in ("example.org", "Durand", "Lilas", "KDTW", "BX7K"):
        assert hidden not in told
