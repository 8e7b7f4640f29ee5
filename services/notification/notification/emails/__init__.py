"""One folder per e-mail (`subject.txt`, `body.txt`, `body.mjml`) and one function that returns its variables."""

from notification.emails.compose import Recipient, Sender, compose
from notification.emails.messages import (
    credentials_login,
    credentials_password,
    email_confirmation,
    email_taken,
    july_request,
    lot_receipt,
    receipt,
    reminder,
    security_notice,
    sign_in_link,
)
from notification.emails.registry import EMAILS, Content, MissingVariableError, write

__all__ = [
    "EMAILS",
    "Content",
    "MissingVariableError",
    "Recipient",
    "Sender",
    "compose",
    "credentials_login",
    "credentials_password",
    "email_confirmation",
    "email_taken",
    "july_request",
    "lot_receipt",
    "receipt",
    "reminder",
    "security_notice",
    "sign_in_link",
    "write",
]
