"""What only a network can do wrong."""

import socket
import time
from email.message import EmailMessage
from typing import Any

import pytest
from notification.mailers import CaughtMailer, RetryableError, SmtpMailer, SmtpServer


def message() -> EmailMessage:
    one = EmailMessage()
    one["From"], one["To"], one["Message-ID"] = "a@example.org", "b@example.org", "<1@example.org>"
    one.set_content("bonjour")
    return one


def send(host: str, port: int, **more: Any) -> None:
    mailer = SmtpMailer(SmtpServer(host, port, **{"security": "none", "timeout": 0.5, **more}))
    mailer.send(message(), envelope_from="retours@example.org", recipient="b@example.org")


def test_a_relay_that_is_away_is_tried_again_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(RetryableError):
        send("127.0.0.1", port)


def test_a_relay_that_never_speaks_does_not_hold_us() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        started = time.monotonic()
        with pytest.raises(RetryableError):
            send("127.0.0.1", mute.getsockname()[1])
        assert time.monotonic() - started < 3


def test_without_the_encryption_we_ask_for_nothing_is_said(smtp_relay: Any) -> None:
    with pytest.raises(RetryableError):
        send(smtp_relay.host, smtp_relay.port, security="starttls")
    assert smtp_relay.relay.accepted == []


def test_wrong_credentials_of_ours_do_not_burn_the_message(smtp_relay: Any) -> None:
    with pytest.raises(RetryableError):
        send(smtp_relay.host, smtp_relay.port, username="us", password="wrong")


def test_a_relay_that_fumbles_its_goodbye_has_still_accepted_the_message(smtp_relay: Any) -> None:
    smtp_relay.relay.goodbye = "500 what?"
    send(smtp_relay.host, smtp_relay.port)
    assert len(smtp_relay.relay.accepted) == 1


def test_bounces_come_back_to_their_own_address(smtp_relay: Any) -> None:
    send(smtp_relay.host, smtp_relay.port)
    assert smtp_relay.relay.envelopes == [("retours@example.org", ["b@example.org"])]


def test_a_directory_that_cannot_be_written_is_tried_again_later(tmp_path: Any) -> None:
    (tmp_path / "mail").write_text("a file where the directory should be")
    with pytest.raises(RetryableError):
        CaughtMailer(tmp_path / "mail").send(message(), envelope_from="", recipient="b@example.org")
