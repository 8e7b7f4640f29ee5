"""Definition of the identity service: subscriptions, published events, pages and periodic tasks."""

from chassis.runtime import Runtime
from chassis.service import Periodic, Service

from identity import keys, throttling
from identity.accounts import closing, email_change, recovery
from identity.accounts.queries import admit
from identity.consumes import SUBSCRIPTIONS
from identity.factors import challenges
from identity.journal import anchoring, chaining
from identity.models import Base
from identity.pages.sending import purge_sent_forms
from identity.publishes import PUBLISHED
from identity.sessions.jobs import purge_sessions
from identity.settings import Settings
from identity.supervision import actions, factor_resets
from identity.supervision.jobs import republish_agent_statuses
from identity.web import create_pages, purge_web_sessions


def _make_first_key(runtime: Runtime) -> None:
    """Other services request the public keys before anybody has signed in."""
    keys.rotate(runtime)


service = Service(
    name="identity",
    metadata=Base.metadata,
    settings=Settings,
    subscriptions=SUBSCRIPTIONS,
    published=PUBLISHED,
    periodic=(
        Periodic("recoveries", 2, recovery.handle_all),
        Periodic("chain journal", 2, chaining.chain_all),
        Periodic("anchor journal", 10, anchoring.anchor),
        Periodic("purge journal", 3600, anchoring.purge),
        Periodic("expire factor resets", 60, factor_resets.expire),
        Periodic("tell how agents stand", 3600, republish_agent_statuses),
        Periodic("purge supervision", 3600, actions.purge),
        Periodic("rotate signing keys", 3600, keys.rotate),
        Periodic("purge sessions", 3600, purge_sessions),
        Periodic("purge web sessions", 3600, purge_web_sessions),
        Periodic("purge sent forms", 3600, purge_sent_forms),
        Periodic("purge passkey challenges", 3600, challenges.purge),
        Periodic("purge throttles", 3600, throttling.purge),
        Periodic("purge changes of e-mail", 600, email_change.purge),
        Periodic("erase closed accounts", 3600, closing.erase_closed),
    ),
    pages=create_pages,
    page_prefixes=("/compte", "/oidc", "/.well-known"),
    on_start=_make_first_key,
    admission=admit,
)
