"""Composes an Internet message that any relay carries unchanged."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from notification.emails import headers
from notification.emails.rendering import Content

# Gateways rewrite 8-bit parts, and a rewritten message loses its DKIM signature.
POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Sender:
    """The sender; `message_id_domain` makes the Message-ID ours whatever the address."""

    name: str
    address: str
    message_id_domain: str


@dataclass(frozen=True)
class Recipient:
    name: str
    address: str


def compose(content: Content, *, message_id: UUID, sender: Sender, recipient: Recipient, at: datetime) -> EmailMessage:
    """Same bytes for the same arguments, so that a duplicate is recognised by its Message-ID.

    Raises ValueError for an address that no relay carries (line feeds included)."""
    message = EmailMessage(policy=POLICY)
    message["From"] = headers.mailbox("From", sender.name, sender.address)
    message["To"] = headers.mailbox("To", recipient.name, recipient.address)
    message["Subject"] = headers.text("Subject", content.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{sender.message_id_domain}>"
    # RFC 3834, and Exchange's equivalent: no out-of-office replies.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    # Last: setting a body drops the Content-* headers set before it.
    message["Content-Language"] = "fr"
    message.set_boundary(f"=_{message_id.hex}")
    return message
