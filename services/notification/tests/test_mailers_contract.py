"""One promise, two mailers: a real SMTP conversation and the caught mail of the all-in-one mode."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

import pytest
from notification.emails import Content, Recipient, Sender, compose
from notification.mailers import (
    CaughtMailer,
    DuplicateError,
    FinalError,
    Mailer,
    MailerError,
    RecipientRefusedError,
    RetryableError,
    SmtpMailer,
    SmtpServer,
    ThrottledError,
)

BOUNCES = "retours@example.org"


def message(number: int = 1, to: str = "ada@example.org") -> EmailMessage:
    return compose(
        Content(subject="Reçu", text="Bonjour à vous", html="<p>Bonjour à vous</p>"),
        message_id=UUID(int=number),
        sender=Sender("Mon Compte Partenaire", "ne-pas-repondre@example.org", "example.org"),
        recipient=Recipient("Ada", to),
        at=datetime(2027, 7, 1, 8, 0, tzinfo=UTC),
    )


class Way:
    """A mailer and how to read what went through it."""

    def __init__(self, mailer: Mailer, received: Callable[[], list[EmailMessage]]) -> None:
        self.mailer, self.received = mailer, received

    def send(self, one: EmailMessage, to: str = "ada@example.org") -> None:
        self.mailer.send(one, envelope_from=BOUNCES, recipient=to)


@pytest.fixture(params=["smtp", "caught"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    if request.param == "smtp":
        running = request.getfixturevalue("smtp_relay")
        server = SmtpServer(running.host, running.port, security="none", timeout=5)
        with closing(SmtpMailer(server)) as mailer:
            yield Way(mailer, lambda: running.relay.accepted)
        return

    def read() -> list[EmailMessage]:
        parser: BytesParser[EmailMessage] = BytesParser(policy=SMTP)
        return [parser.parsebytes(path.read_bytes()) for path in sorted(tmp_path.glob("*.eml"))]

    yield Way(CaughtMailer(tmp_path), read)


@pytest.mark.parametrize(
    ("local_part", "kind"),
    [
        ("bounce", RecipientRefusedError),
        ("throttle", ThrottledError),
        ("later", RetryableError),
        ("reject", FinalError),
    ],
)
def test_each_failure_has_its_kind_and_nothing_is_kept(way: Way, local_part: str, kind: type[MailerError]) -> None:
    address = f"{local_part}@example.org"
    with pytest.raises(MailerError) as failure:
        way.send(message(to=address), to=address)
    assert type(failure.value) is kind
    assert "example.org" not in failure.value.reason
    assert way.received() == []


def test_the_same_message_twice_is_known_as_a_duplicate(way: Way) -> None:
    way.send(message())
    with pytest.raises(DuplicateError):
        way.send(message())
    assert len(way.received()) == 1


def test_an_accepted_message_arrives_whole(way: Way) -> None:
    way.send(message())
    (received,) = way.received()
    assert received["Subject"] == "Reçu"
    assert received["Message-ID"] == f"<{UUID(int=1)}@example.org>"
    plain, rich = received.get_body(("plain",)), received.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().strip() == "Bonjour à vous"
    assert "Bonjour à vous" in rich.get_content()


def test_two_messages_are_two_messages(way: Way) -> None:
    way.send(message(1))
    way.send(message(2))
    assert len(way.received()) == 2
