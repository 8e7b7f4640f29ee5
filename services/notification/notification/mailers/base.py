"""The mailers' interface and errors: callers act on the exception's type, never on a provider's text."""

from email.message import EmailMessage
from typing import Protocol


class MailerError(Exception):
    """Not handed over. `reason` is safe to store: it never holds an address or a body."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryableError(MailerError):
    """The same message may pass later: server unreachable, busy, or misconfigured on our side."""


class ThrottledError(RetryableError):
    """Too many for the relay; wait at least `retry_after` seconds."""

    def __init__(self, reason: str, *, retry_after: int = 300) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class FinalError(MailerError):
    """This message will never pass."""


class RecipientRefusedError(FinalError):
    """The address does not receive mail: a bounce."""


class DuplicateError(MailerError):
    """The relay already has this Message-ID: counts as sent."""


class Mailer(Protocol):
    def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        """Returns once the relay has accepted the message. Raises a MailerError; waits are bounded.

        `envelope_from` is the address for bounces, separate from the From header that people read."""

    def close(self) -> None:
        """Ends what a run of messages has kept open; the next message opens it again."""
