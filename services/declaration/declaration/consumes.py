"""Events consumed by the declaration service."""

from uuid import UUID

from chassis.db import insert_new
from sqlalchemy.orm import Session

from declaration.campaigns import reminder_withdrawal
from declaration.consumed_types import RecapReady
from declaration.models import Recap


def recap_ready(session: Session, event: RecapReady) -> None:
    """Links the recap to its version; every transmission before it is committed by now."""
    declaration_id = UUID(event.data["declaration_id"])
    values = {
        "declaration_id": declaration_id,
        "version": event.data["version"],
        "document_id": UUID(event.data["document_id"]),
    }
    insert_new(session, Recap, values)
    reminder_withdrawal.withdraw_of(session, declaration_id)
