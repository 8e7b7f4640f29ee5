"""One small client per service, grouped for the pages."""

from dataclasses import dataclass

import httpx
from flask import current_app

from portal.clients.campaigns import CampaignClient
from portal.clients.declaration import DeclarationClient
from portal.clients.documents import DocumentsClient
from portal.clients.exchange import ExchangeClient
from portal.clients.habilitation import HabilitationClient
from portal.clients.http import Credentials
from portal.clients.identity import IdentityClient
from portal.clients.notification import NotificationClient
from portal.clients.openapi import OpenApiReader
from portal.clients.papers import PaperClient

EXTENSION = "portal_clients"


@dataclass(frozen=True, slots=True)
class Clients:
    """The services, called as the person signed in; `public` ones are called without a token."""

    campaigns: CampaignClient
    declaration: DeclarationClient
    documents: DocumentsClient
    exchange: ExchangeClient
    habilitation: HabilitationClient
    identity: IdentityClient
    notification: NotificationClient
    papers: PaperClient
    public_documents: DocumentsClient
    openapi: OpenApiReader


def nobody() -> str:
    """No token: for what anyone may read."""
    return ""


def make_clients(http: httpx.Client, token: Credentials, request_id: Credentials) -> Clients:
    """All the clients, on one connection pool."""
    return Clients(
        CampaignClient(http, token, request_id),
        DeclarationClient(http, token, request_id),
        DocumentsClient(http, token, request_id),
        ExchangeClient(http, token, request_id),
        HabilitationClient(http, token, request_id),
        IdentityClient(http, token, request_id),
        NotificationClient(http, token, request_id),
        PaperClient(http, token, request_id),
        DocumentsClient(http, nobody, request_id),
        OpenApiReader(http, nobody, request_id),
    )


def api() -> Clients:
    """The clients of the running application."""
    found: Clients = current_app.extensions[EXTENSION]
    return found
