"""What the product sent: e-mails from the mail catcher, letters from the print batches."""

from launcher.demo.mailbox.base import Mailbox, Message
from launcher.demo.mailbox.compose import ComposePrintRoom
from launcher.demo.mailbox.dev import DevMailbox
from launcher.demo.mailbox.mailpit import Mailpit

__all__ = ["ComposePrintRoom", "DevMailbox", "Mailbox", "Mailpit", "Message"]
