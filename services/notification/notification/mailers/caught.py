"""Mail written to files, never sent: one `.eml` file per message, for the all-in-one mode and demonstrations.

As in mail providers' simulators, some local parts simulate a failure: `bounce@`, `throttle@`, `later@`, `reject@`.
"""

from email.message import EmailMessage
from pathlib import Path

from notification.mailers.base import (
    DuplicateError,
    FinalError,
    MailerError,
    RecipientRefusedError,
    RetryableError,
    ThrottledError,
)

PLAYED: dict[str, type[MailerError]] = {
    "bounce": RecipientRefusedError,
    "throttle": ThrottledError,
    "later": RetryableError,
    "reject": FinalError,
}


class CaughtMailer:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, message: EmailMessage, *, envelope_from: str, recipient: str) -> None:
        local_part = recipient.partition("@")[0]
        if played := PLAYED.get(local_part):
            raise played(f"caught-{local_part}")
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        self._write(self._directory / f"{name}.eml", _as_received(message, envelope_from))

    def close(self) -> None:
        """Nothing is held open."""

    def _write(self, path: Path, content: bytes) -> None:
        """Writes atomically: a reader of the directory never sees half a message."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path.exists():
                raise DuplicateError("caught-duplicate")
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.rename(path)
        except OSError as error:
            raise RetryableError(f"caught-{type(error).__name__}") from None


def _as_received(message: EmailMessage, envelope_from: str) -> bytes:
    """Adds the Return-Path that the last server would write on real delivery."""
    return f"Return-Path: <{envelope_from}>\r\n".encode() + message.as_bytes()
