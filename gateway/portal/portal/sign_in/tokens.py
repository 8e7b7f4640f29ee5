"""The person's tokens, in the server's session only; refreshed once even when several requests want it."""

import time
from typing import Any

from authlib.integrations.base_client import OAuthError
from chassis.alone import alone
from flask import current_app, session
from requests import RequestException
from webui.sessions import ServerSession, SqlSessionInterface

from portal.clients.errors import Unavailable
from portal.sign_in.provider import Provider

TOKENS = "tokens"
# Refreshed a little before its end: the call that carries it takes time too.
MARGIN_SECONDS = 20


class SignedOut(Exception):
    """There is no token, or identity no longer renews it: the person must sign in again."""


def keep(tokens: dict[str, Any]) -> None:
    """Keeps what the pages need of a token answer."""
    session[TOKENS] = {
        "access": tokens["access_token"],
        "refresh": tokens.get("refresh_token", ""),
        "id": tokens.get("id_token") or session.get(TOKENS, {}).get("id", ""),
        "expires_at": int(time.time()) + int(tokens.get("expires_in", 0)),
    }


def is_fresh() -> bool:
    """True while the access token can still be used. Raises SignedOut without any."""
    kept = session.get(TOKENS)
    if not kept:
        raise SignedOut
    return bool(kept["expires_at"] - MARGIN_SECONDS > time.time())


def access_token(provider: Provider) -> str:
    """An access token that lives. Raises SignedOut, or Unavailable when identity does not answer."""
    if not is_fresh():
        _refresh(provider)
    return str(session[TOKENS]["access"])


def _refresh(provider: Provider) -> None:
    here, interface = _session(), current_app.session_interface
    if not isinstance(interface, SqlSessionInterface):
        raise TypeError("the portal keeps its sessions in a table")
    # Identity takes a refresh token used twice for a theft, and ends the session: one request at a time.
    with alone(interface.engine(), here.identifier or ""):
        if not here.new:
            _take_up(interface.saved(here))
        if is_fresh():
            return
        try:
            keep(provider.refresh(session[TOKENS]["refresh"]))
        except OAuthError as error:
            raise SignedOut from error
        except RequestException as error:
            raise Unavailable("identity") from error
        if not here.new:
            interface.rewrite(here)


def _take_up(saved: dict[str, Any] | None) -> None:
    """The tokens that another request of this session got meanwhile. Raises SignedOut when the session was ended."""
    if saved is None:
        raise SignedOut
    if TOKENS in saved:
        session[TOKENS] = saved[TOKENS]


def _session() -> ServerSession:
    """The session itself, behind Flask's proxy."""
    here = session._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    if not isinstance(here, ServerSession):
        raise TypeError("the portal keeps its sessions in a table")
    return here


def rotate() -> None:
    """Changes the session's number, at sign-in (session fixation)."""
    _session().rotate()
