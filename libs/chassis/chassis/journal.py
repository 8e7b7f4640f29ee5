"""The journal: who did what, when, before and after, why. Append-only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis import clock, runtime, tracing


def record(
    session: Session,
    *,
    actor: UUID | str,
    action: str,
    subject: UUID | str,
    perimeter: UUID | str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Adds a line to the caller's transaction; ``perimeter`` (an organisation or a Caf) says who may read it later."""
    journal = runtime.of(session).service.metadata.tables["journal"]
    line = {
        "at": clock.now(),
        "actor": str(actor),
        "action": action,
        "subject": str(subject),
        "perimeter": str(perimeter),
        "before": before,
        "after": after,
        "reason": reason,
        "trace_id": tracing.current_trace_id() or None,
    }
    # Through the connection: the session would add half of its cost.
    session.connection().execute(insert(journal), line)
