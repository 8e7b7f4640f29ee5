"""Ways to hand over an e-mail. All mailers obey the same contract (`tests/test_mailers_contract.py`)."""

from notification.mailers.base import (
    DuplicateError,
    FinalError,
    Mailer,
    MailerError,
    RecipientRefusedError,
    RetryableError,
    ThrottledError,
)
from notification.mailers.caught import CaughtMailer
from notification.mailers.smtp import SmtpMailer, SmtpServer

__all__ = [
    "CaughtMailer",
    "DuplicateError",
    "FinalError",
    "Mailer",
    "MailerError",
    "RecipientRefusedError",
    "RetryableError",
    "SmtpMailer",
    "SmtpServer",
    "ThrottledError",
]
