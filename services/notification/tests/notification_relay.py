"""A real SMTP server on a local port, played by aiosmtpd."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


def plain_text(mail: EmailMessage) -> str:
    """What the mail says to a reader without HTML."""
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


@dataclass
class Relay:
    """Keeps what it accepts, and its bytes; `replies` says what else to answer to a recipient's local part."""

    replies: dict[str, str] = field(
        default_factory=lambda: {
            "bounce": "550 5.1.1 No such user",
            "throttle": "450 4.7.1 Too many messages",
            "later": "451 4.3.0 Try again later",
        }
    )
    accepted: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    # The connection that brought each accepted message.
    peers: list[object] = field(default_factory=list)
    still_there: str = "250 OK"
    goodbye: str = "221 Bye"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = self.replies.get(address.partition("@")[0])
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_NOOP(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, _envelope: Envelope, _argument: str
    ) -> str:
        return self.still_there

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if envelope.rcpt_tos[0].startswith("reject@"):
            return "554 5.7.1 Refused by policy"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message: Any = message_from_bytes(content, policy=SMTP_POLICY)
        if message["Message-ID"] in {one["Message-ID"] for one in self.accepted}:
            return "554 5.5.0 Duplicate Message-ID"
        self.accepted.append(message)
        self.contents.append(content)
        self.peers.append(session.peer)
        self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
        return "250 Accepted"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        return self.goodbye


@dataclass(frozen=True)
class RunningRelay:
    relay: Relay
    host: str
    port: int


@contextmanager
def running_relay(*, idle_seconds: float = 300) -> Iterator[RunningRelay]:
    """`idle_seconds`: how long the relay keeps a silent connection."""
    relay = Relay()
    controller = Controller(
        relay,
        hostname="127.0.0.1",
        port=_free_port(),
        auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False),
        timeout=idle_seconds,
    )
    controller.start()
    try:
        yield RunningRelay(relay, "127.0.0.1", controller.port)
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
