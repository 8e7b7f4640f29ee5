"""Tokens refused to a client of ours, for the journal: what a stranger sends is only counted by the gateway."""

from collections.abc import Container

from flask import Response, request
from sqlalchemy.orm import Session

from identity.domain.security_events import Kind
from identity.journal import record


def record_refusal(session: Session, clients: Container[str], answer: Response) -> None:
    """Nothing when the client is none of ours: anybody could fill the journal."""
    named = (request.authorization and request.authorization.username) or request.form.get("client_id")
    if not named or named not in clients:
        return
    described = {"client": named, "error": (answer.get_json(silent=True) or {}).get("error", "")}
    record(session, Kind.TOKEN_REFUSED, None, actor=f"client {named}", details=described)
