"""Whether relays carry mail to a landlord's address: if not, a warning on the line, which goes in anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis import email_address

from declaration.domain.registry.columns import COLUMNS
from declaration.domain.registry.lines import WARNING, LineError

_SENTENCE = "Ligne prise en compte, mais ce bailleur recevra des courriers. "


def doubtful(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    """The places, among lines read quickly, of those whose e-mail needs a look."""
    emails = columns["email"]
    if all(email is None or email.isascii() for email in emails):
        return []
    return [place for place, email in enumerate(emails) if email and not email.isascii()]


def warning(values: Mapping[str, Any], number: int) -> LineError | None:
    """What keeps a message from arriving, of the typed values of a line."""
    refusal = email_address.refusal(values["email"]) if values["email"] else None
    if refusal is None:
        return None
    example = COLUMNS["email"].example
    return LineError(number, "email", email_address.RULE, _SENTENCE + refusal, example, severity=WARNING)
