"""One folder per message, named as in the table of messages: `body.txt` and `body.mjml`."""

from notification.emails.compose import Recipient, Sender, compose
from notification.emails.rendering import Content, MissingVariableError, write

__all__ = ["Content", "MissingVariableError", "Recipient", "Sender", "compose", "write"]
