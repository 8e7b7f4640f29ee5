"""The person's tokens, in the server-side session only; concurrent requests refresh them once."""

import time
from collections.abc import Mapping

from authlib.integrations.base_client import OAuthError
from chassis.alone import alone
from flask import current_app, session
from requests import RequestException
from webui.sessions import ServerSession, SqlSessionInterface

from portal.clients.errors import Unavailable
from portal.sign_in.provider import Provider, TokenResponse

TOKENS = "tokens"
# Refreshed a little before expiry: the call that carries it takes time too.
MARGIN_SECONDS = 20


class SignedOut(Exception):
    """There is no token, or identity no longer renews it: the person must sign in again."""


def keep(tokens: TokenResponse) -> None:
    """Stores what the pages need of a token response."""
    session[TOKENS] = {
        "access": tokens["access_token"],
        "refresh": tokens.get("refresh_token", ""),
        "id": tokens.get("id_token") or session.get(TOKENS, {}).get("id", ""),
        "expires_at": int(time.time()) + int(tokens.get("expires_in", 0)),
    }


def is_fresh() -> bool:
    """True while the access token is still valid. Raises SignedOut without one."""
    kept = session.get(TOKENS)
    if not kept:
        raise SignedOut
    return bool(kept["expires_at"] - MARGIN_SECONDS > time.time())


def access_token(provider: Provider) -> str:
    """A valid access token. Raises SignedOut, or Unavailable when identity does not answer."""
    if not is_fresh():
        _refresh(provider)
    return str(session[TOKENS]["access"])


def _refresh(provider: Provider) -> None:
    here, interface = _session(), current_app.session_interface
    if not isinstance(interface, SqlSessionInterface):
        raise TypeError("the portal keeps its sessions in a table")
    # Identity treats a reused refresh token as stolen and ends the session: only one request may refresh at a time.
    with alone(interface.engine(), here.identifier or ""):
        if not here.new:
            _use_refreshed(interface.saved(here))
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


def _use_refreshed(saved: Mapping[str, object] | None) -> None:
    """Takes tokens that another request of this session refreshed. Raises SignedOut when the session has ended."""
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
    """Changes the session id at sign-in (against session fixation)."""
    _session().rotate()
