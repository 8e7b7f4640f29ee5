"""Warns when mail relays cannot deliver to a landlord's e-mail address; the line is imported anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis import email_address

from declaration.domain.registry.columns import COLUMNS
from declaration.domain.registry.lines import WARNING, LineError

_SENTENCE = "Ligne prise en compte, mais ce bailleur recevra des courriers. "


def doubtful(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    """Places, among lines read by the fast path, whose e-mail needs a check."""
    emails = columns["email"]
    if all(email is None or email.isascii() for email in emails):
        return []
    return [place for place, email in enumerate(emails) if email and not email.isascii()]


def warning(values: Mapping[str, Any], number: int) -> LineError | None:
    """The warning, if any, that no message can arrive, from the typed values of a line."""
    refusal = email_address.refusal(values["email"]) if values["email"] else None
    if refusal is None:
        return None
    example = COLUMNS["email"].example
    return LineError(number, "email", email_address.RULE, _SENTENCE + refusal, example, severity=WARNING)
