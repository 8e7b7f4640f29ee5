"""Definition of the identity service: subscriptions, published events, pages and periodic tasks."""

from chassis.runtime import Periodic, Runtime, Service

from identity.accounts.jobs import erase_closed, purge_email_changes
from identity.accounts.queries import admit
from identity.consumes import SUBSCRIPTIONS
from identity.factors import challenges
from identity.journal.jobs import anchor_chain, chain_all, purge_journal
from identity.models import Base
from identity.oidc import signing_keys
from identity.pages.application import create_pages, purge_web_sessions
from identity.pages.sending import purge_sent_forms
from identity.publishes import PUBLISHED
from identity.recovery.jobs import handle_requests, purge_requests
from identity.sessions.jobs import purge_sessions
from identity.settings import Settings
from identity.supervision.jobs import expire_factor_resets, purge_reasons, republish_agent_statuses
from identity.throttling import attempts


def _make_first_key(runtime: Runtime) -> None:
    """Other services request the public keys before anybody has signed in."""
    signing_keys.rotate(runtime)


service = Service(
    name="identity",
    metadata=Base.metadata,
    settings=Settings,
    subscriptions=SUBSCRIPTIONS,
    published=PUBLISHED,
    periodic=(
        Periodic("recoveries", 2, handle_requests, on_change=True),
        Periodic("chain journal", 2, chain_all, on_change=True),
        Periodic("anchor journal", 10, anchor_chain, on_change=True),
        Periodic("purge journal", 3600, purge_journal),
        Periodic("expire factor resets", 60, expire_factor_resets),
        Periodic("tell how agents stand", 3600, republish_agent_statuses),
        Periodic("purge supervision", 3600, purge_reasons),
        Periodic("rotate signing keys", 3600, signing_keys.rotate),
        Periodic("purge sessions", 3600, purge_sessions),
        Periodic("purge recovery requests", 3600, purge_requests),
        Periodic("purge web sessions", 3600, purge_web_sessions),
        Periodic("purge sent forms", 3600, purge_sent_forms),
        Periodic("purge passkey challenges", 3600, challenges.purge),
        Periodic("purge throttles", 3600, attempts.purge),
        Periodic("purge changes of e-mail", 600, purge_email_changes),
        Periodic("erase closed accounts", 3600, erase_closed),
    ),
    pages=create_pages,
    page_prefixes=("/compte", "/oidc", "/.well-known"),
    on_start=_make_first_key,
    admission=admit,
)
