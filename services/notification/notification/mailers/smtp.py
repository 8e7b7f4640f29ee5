"""SMTP relay. One connection for a run of messages: opening one costs more than handing over a message."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from notification.mailers.base import (
    DuplicateError,
    FinalError,
    MailerError,
    RecipientRefusedError,
    RetryableError,
    ThrottledError,
)

SERVICE_CLOSING = 421
MAILBOX_BUSY = 450
PERMANENT = 500
OK = 250
# Relays may end a connection that carries too many.
MOST_PER_CONNECTION = 100


@dataclass(frozen=True)
class SmtpServer:
    """`security`: "none" (a relay on the same host), "starttls" or "tls". `timeout` in seconds, for each exchange."""

    host: str
    port: int
    security: str = "starttls"
    username: str | None = None
    password: str | None = None
    timeout: float = 20


class SmtpMailer:
    """Keeps its connection until `close`; one that the relay has ended is opened again before the next message."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._kept: smtplib.SMTP | None = None
        self._carried = 0

    def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        with _translated():
            connection = self._ready()
            self._carried += 1
            connection.send_message(message, from_addr=envelope_from, to_addrs=[recipient])

    def close(self) -> None:
        """The messages are accepted or refused by now: an error on QUIT changes nothing, and treating it as a failure
        would send the last one twice."""
        connection, self._kept, self._carried = self._kept, None, 0
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _ready(self) -> smtplib.SMTP:
        if self._kept is None or self._carried >= MOST_PER_CONNECTION or not _answers(self._kept):
            self.close()
            self._kept = self._secured()
        return self._kept

    def _secured(self) -> smtplib.SMTP:
        connection = self._open()
        try:
            self._secure(connection)
        except BaseException:
            # Never kept: the next message must not leave unencrypted, or without our name.
            connection.close()
            raise
        return connection

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
            )
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)

    def _secure(self, connection: smtplib.SMTP) -> None:
        server = self._server
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username is not None:
            connection.login(server.username, server.password or "")


def _answers(connection: smtplib.SMTP) -> bool:
    """Asked before each further message: once a message is under way, a lost connection leaves open whether it was
    accepted."""
    try:
        return connection.noop()[0] == OK
    except (smtplib.SMTPException, OSError):
        return False


@contextmanager
def _translated() -> Iterator[None]:
    """Maps smtplib's exceptions and reply codes (RFC 5321 §4.2, RFC 3463) to our exceptions."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _by_code(code, text, permanent=RecipientRefusedError) from None
    except smtplib.SMTPAuthenticationError as error:
        # Our own credentials are wrong: the message must survive the mistake.
        raise RetryableError(f"smtp-authentication-{error.smtp_code}") from None
    except smtplib.SMTPSenderRefused as error:
        raise _by_code(error.smtp_code, error.smtp_error, permanent=RetryableError) from None
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, error.smtp_error, permanent=FinalError) from None
    except smtplib.SMTPNotSupportedError:
        raise RetryableError("smtp-not-supported") from None
    except (smtplib.SMTPException, OSError) as error:
        raise RetryableError(f"smtp-{type(error).__name__}") from None


def _by_code(code: int, text: bytes | str, *, permanent: type[MailerError]) -> MailerError:
    words = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    if code == SERVICE_CLOSING or (code == MAILBOX_BUSY and words.startswith("4.7.")):
        return ThrottledError(f"smtp-{code}")
    if code < PERMANENT:
        return RetryableError(f"smtp-{code}")
    if "duplicate" in words.lower():
        return DuplicateError(f"smtp-{code}")
    return permanent(f"smtp-{code}")
