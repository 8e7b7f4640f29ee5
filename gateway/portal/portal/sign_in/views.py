"""/connexion, /connexion/retour and /deconnexion."""

import re
from dataclasses import replace

import structlog
from authlib.integrations.base_client import OAuthError
from flask import Blueprint, current_app, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException
from webui.kept_forms import LEFT_HERE, keeper

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.sign_in import tokens
from portal.sign_in.person import SignedIn, remember
from portal.sign_in.provider import Provider

pages = Blueprint("sign_in", __name__)
log = structlog.get_logger()
NEXT = "next"
# A local path: neither //elsewhere nor /\elsewhere, which browsers treat as another site.
LOCAL = re.compile(r"/(?![/\\])[^\s\\]*\Z")
TRY_AGAIN = "La connexion n’a pas abouti. Recommencez\u00a0: cliquez sur «\u00a0Se connecter\u00a0»."


def provider() -> Provider:
    """Identity, as registered by the application."""
    found: Provider = current_app.extensions["portal_provider"]
    return found


def public_url(path: str) -> str:
    """A URL as browsers see it."""
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + path


def local_path(text: str) -> str:
    """The path to return to; the home page when it is not local."""
    return text if LOCAL.match(text) else "/"


@pages.get("/connexion")
def start() -> ResponseReturnValue:
    """Redirects to identity's sign-in page; no other page sees the password."""
    session[NEXT] = local_path(request.args.get("suite", "/"))
    try:
        answer: ResponseReturnValue = provider().authorize_redirect(public_url("/connexion/retour"))
    except RequestException as error:
        raise Unavailable("identity") from error
    return answer


@pages.get("/connexion/retour")
def come_back() -> ResponseReturnValue:
    """Exchanges the code for tokens; the session gets a new id."""
    try:
        answer = provider().authorize_access_token()
        person = SignedIn.from_claims(answer["userinfo"])
    except RequestException as error:
        raise Unavailable("identity") from error
    except (OAuthError, JoseError, KeyError, ValueError) as error:
        log.info("sign-in refused", error=type(error).__name__)
        flash(TRY_AGAIN)
        return redirect("/", 303)
    suite, left_here = local_path(session.get(NEXT, "/")), session.get(LEFT_HERE)
    session.clear()
    tokens.keep(answer)
    tokens.rotate()
    remember(replace(person, name=full_name() or person.name))
    if not keeper().came_back(left_here):
        # The page belonged to another account.
        suite = "/"
    return redirect("/agent" if person.is_agent and suite == "/" else suite, 303)


def full_name() -> str:
    """First and last name; empty when identity does not give them."""
    try:
        account = api().identity.me()
    except (Refused, Unavailable):
        return ""
    return " ".join(name for name in (account.get("first_name"), account.get("last_name")) if name)


@pages.post("/deconnexion")
def leave() -> ResponseReturnValue:
    """Ends the portal's session, then identity's (RP-initiated logout)."""
    hint = session.get(tokens.TOKENS, {}).get("id")
    session.clear()
    try:
        ending = provider().create_logout_url(public_url("/"), id_token_hint=hint, client_id=provider().client_id)
    except (RequestException, Unavailable, RuntimeError):
        return redirect("/", 303)
    return redirect(ending["url"], 303)
