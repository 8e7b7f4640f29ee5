"""What only a network can do wrong."""

import socket
import time
from contextlib import closing
from email.message import EmailMessage
from typing import Any

import pytest
from notification.mailers import CaughtMailer, RecipientRefusedError, RetryableError, SmtpMailer, SmtpServer, smtp
from notification_relay import RunningRelay, running_relay


def message(number: int = 1) -> EmailMessage:
    one = EmailMessage()
    one["From"], one["To"], one["Message-ID"] = "a@example.org", "b@example.org", f"<{number}@example.org>"
    one.set_content("bonjour")
    return one


def mailer(relay: RunningRelay, **more: Any) -> SmtpMailer:
    return SmtpMailer(SmtpServer(relay.host, relay.port, **{"security": "none", "timeout": 2, **more}))


def hand_over(one: SmtpMailer, number: int, recipient: str = "b@example.org") -> None:
    one.send(message(number), envelope_from="retours@example.org", recipient=recipient)


def send(host: str, port: int, **more: Any) -> None:
    server = SmtpServer(host, port, **{"security": "none", "timeout": 0.5, **more})
    with closing(SmtpMailer(server)) as one:
        hand_over(one, 1)


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


def test_a_run_of_messages_shares_a_connection_that_it_then_ends(smtp_relay: Any) -> None:
    with closing(mailer(smtp_relay)) as one:
        for number in range(3):
            hand_over(one, number)
        with pytest.raises(RecipientRefusedError):
            hand_over(one, 3, "bounce@example.org")
        hand_over(one, 4)
        assert len(set(smtp_relay.relay.peers)) == 1
        one.close()
        hand_over(one, 5)
    assert len(set(smtp_relay.relay.peers)) == 2
    assert len(smtp_relay.relay.accepted) == 5


def test_a_relay_that_tires_of_a_connection_gets_another(smtp_relay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(mailer(smtp_relay)) as one:
        hand_over(one, 1)
        smtp_relay.relay.still_there = "421 4.7.0 Too many messages"
        hand_over(one, 2)
        smtp_relay.relay.still_there = "250 OK"
        monkeypatch.setattr(smtp, "MOST_PER_CONNECTION", 2)
        for number in range(3, 6):
            hand_over(one, number)
    peers = smtp_relay.relay.peers
    assert [peers.index(peer) for peer in peers] == [0, 1, 1, 3, 3]


def test_a_connection_that_the_relay_has_ended_meanwhile_loses_no_message() -> None:
    with running_relay(idle_seconds=0.1) as relay, closing(mailer(relay)) as one:
        hand_over(one, 1)
        time.sleep(0.5)
        hand_over(one, 2)
    assert len(relay.relay.accepted) == 2


def test_a_connection_refused_our_name_or_encryption_is_not_used_for_the_next_message(smtp_relay: Any) -> None:
    for refused in ({"username": "us", "password": "wrong"}, {"security": "starttls"}):
        with closing(mailer(smtp_relay, **refused)) as one:
            for number in (1, 2):
                with pytest.raises(RetryableError):
                    hand_over(one, number)
    assert smtp_relay.relay.accepted == []


def test_bounces_come_back_to_their_own_address(smtp_relay: Any) -> None:
    send(smtp_relay.host, smtp_relay.port)
    assert smtp_relay.relay.envelopes == [("retours@example.org", ["b@example.org"])]


def test_a_directory_that_cannot_be_written_is_tried_again_later(tmp_path: Any) -> None:
    (tmp_path / "mail").write_text("a file where the directory should be")
    with pytest.raises(RetryableError):
        CaughtMailer(tmp_path / "mail").send(message(), envelope_from="", recipient="b@example.org")
