"""The service with a real SMTP relay, and the other services played by the events that they would send."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chassis.testing.plugin import HarnessFactory
from notification.app import service

# Test folders are no packages: the two helper modules beside this file are imported by name.
sys.path.insert(0, str(Path(__file__).parent))

from notification_relay import RunningRelay, running_relay
from notification_world import World


@pytest.fixture
def smtp_relay() -> Iterator[RunningRelay]:
    with running_relay() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, smtp_relay: RunningRelay) -> dict[str, Any]:
    return {
        "mailer": "smtp",
        "smtp_host": smtp_relay.host,
        "smtp_port": smtp_relay.port,
        "smtp_security": "none",
        "smtp_timeout_seconds": 5.0,
        "print_url": f"file://{tmp_path}/print",
        "letter_batches_at_once": True,
    }


@pytest.fixture
def world(harness: HarnessFactory, database_url: str, settings: dict[str, Any], smtp_relay: RunningRelay) -> World:
    return World(harness(service, database_url, **settings), smtp_relay.relay)
