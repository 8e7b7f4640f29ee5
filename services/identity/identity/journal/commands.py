"""The only way to write to the security journal."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from chassis import clock
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from identity.domain.networks import network_of
from identity.domain.security_events import Kind
from identity.journal.client_address import Origin, current_origin
from identity.models import SecurityEvent

# The actor when it is not a person: a worker, or the product itself.
SYSTEM = "system"
# Core statement, built once: every action runs it.
_ADD = insert(cast(Table, SecurityEvent.__table__))


def record(
    session: Session,
    kind: Kind,
    account_id: UUID | None,
    *,
    actor: UUID | str | None = None,
    session_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
    origin: Origin | None = None,
) -> None:
    """Adds a line in the caller's transaction, so that action and line are committed together.

    `account_id`: the account concerned (None: unknown); `actor`: who did it, by default the holder; `details`: ids,
    codes and counts, never text typed by a person. Network and browser come from the current request unless `origin`
    is given; only the network's prefix is stored.
    """
    known = origin or current_origin()
    line = {
        "at": clock.now(),
        "kind": kind.value,
        "account_id": account_id,
        "actor": str(actor or account_id or SYSTEM),
        "session_id": session_id,
        "network": network_of(known.address) if known else "",
        "browser": known.browser[:100] if known else "",
        "details": dict(details or {}),
    }
    session.execute(_ADD, line)
