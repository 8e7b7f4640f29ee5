"""Journals requests refused to clients."""

from collections.abc import Container
from datetime import timedelta

from authlib.oauth2 import OAuth2Error
from flask import request

from identity import throttling
from identity.client_address import client_address
from identity.domain.networks import network_of
from identity.domain.security_events import Kind
from identity.domain.throttle import Counter, Policy
from identity.journal import record
from identity.oidc.context import database
from identity.oidc.parameters import parameters

# Part of a normal sign-in, not refusals.
_ORDINARY = ("login_required", "interaction_required")
# Anybody can cause refusals without limit: a few lines per kind, client and network are enough.
_BOUND = Policy(10, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=1))


def note(error: OAuth2Error, clients: Container[str]) -> None:
    """Writes a line in the request's transaction; includes the client's name only if it is registered."""
    if error.error in _ORDINARY:
        return
    asked = parameters(request)
    named = (request.authorization and request.authorization.username) or asked.get("client_id", "")
    client = named if named in clients else ""
    session = database()
    network = network_of(client_address(request))
    if throttling.take(session, (Counter(_BOUND, "oidc refusal", f"{error.error} {client} {network}"),)):
        return
    endpoint = request.path.rpartition("/")[2]
    described = {"client": client, "error": error.error, "endpoint": endpoint}
    kind = Kind.TOKEN_REFUSED if endpoint == "token" else Kind.REQUEST_REFUSED
    record(session, kind, None, actor=f"client {client}".strip(), details=described)
