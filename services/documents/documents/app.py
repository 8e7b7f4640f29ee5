"""The documents service's declaration: subscriptions, events published, periodic jobs."""

import structlog
from chassis import account_status, rights
from chassis.runtime import Periodic, Runtime, Service, Subscription

from documents import publishes, retention
from documents.consumes import batches, declarations, letters
from documents.models import Base
from documents.rendering import fonts, pango
from documents.settings import Settings

log = structlog.get_logger()


def check_means(_: Runtime) -> None:
    """At start rather than at the first recap: raises FontsMissing, which says what to run. Without Pango, which is the
    system's, the service serves what it has and documents wait."""
    fonts.folder()
    if absent := pango.missing():
        log.warning("documents wait for Pango to be installed: `make setup` says how", missing=absent)


service = Service(
    name="documents",
    metadata=Base.metadata,
    settings=Settings,
    subscriptions=(
        Subscription("declaration.transmitted.v1", declarations.transmitted),
        Subscription("declaration.superseded.v1", declarations.superseded),
        Subscription("declaration.lot_transmitted.v1", batches.lot_transmitted),
        Subscription("habilitation.access_changed.v1", rights.access_changed, urgent=True),
        *account_status.SUBSCRIPTIONS,
        Subscription("notification.letter_requested.v1", letters.letter_requested),
    ),
    published=publishes.PUBLISHED,
    on_start=check_means,
    periodic=(Periodic("purge documents", 3600, retention.purge),),
)
