"""Builds the portal's Flask application."""

import httpx
from flask import Flask
from webui import install
from webui.headers import request_id

from portal import error_handlers, keeping, layout, routes, sending, store
from portal.clients import EXTENSION, make_clients
from portal.clients.http import make_http
from portal.settings import PortalSettings
from portal.sign_in import tokens
from portal.sign_in.provider import add_provider
from portal.uploads import MAX_UPLOAD_BYTES

SERVICE_NAME = "Espace Partenaires – Offre Bailleurs"


def create_portal(settings: PortalSettings, transport: httpx.BaseTransport | None = None) -> Flask:
    """The pages, ready to serve. `transport` replaces the network towards the services, in tests."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = settings.session_key or "development only"
    app.config.update(
        PUBLIC_URL=settings.public_url,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
    )
    engine = store.open_store(settings)
    app.extensions["portal_engine"] = engine
    app.session_interface = sessions = store.session_interface(settings, engine)
    connect(app, settings, transport)
    install(app, service_name=SERVICE_NAME, navigation=layout.navigation, user=layout.person, states=layout.STATES)
    sent = sending.add_sent_forms(app, engine)
    kept = keeping.add_kept_forms(app, settings, engine)
    app.extensions["portal_purge"] = purge = store.Purge(sessions.purge, sent.purge, kept.purge)
    app.before_request(purge)
    error_handlers.add_error_handlers(app)
    routes.add_pages(app)
    return app


def connect(app: Flask, settings: PortalSettings, transport: httpx.BaseTransport | None = None) -> None:
    """Gives the pages identity and the services, with nothing read from them yet."""
    provider = add_provider(app, settings)
    app.extensions["portal_provider"] = provider
    http = make_http(settings.api_url, settings.api_timeout_seconds, transport)
    app.extensions[EXTENSION] = make_clients(http, lambda: tokens.access_token(provider), request_id)
