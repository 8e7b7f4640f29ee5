"""SMTP relay. One connection per message: simple, and relays that close idle connections cause no failure."""

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
    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        with _translated(), self._connection() as connection:
            connection.send_message(message, from_addr=envelope_from, to_addrs=[recipient])

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        connection = self._open()
        try:
            self._secure(connection)
            yield connection
        finally:
            # The message is accepted or refused by now: an error on QUIT changes nothing,
            # and treating it as a failure would send the message twice.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

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
