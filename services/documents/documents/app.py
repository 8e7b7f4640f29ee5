"""The documents service's declaration: subscriptions, events published, periodic jobs."""

from chassis import account_status, rights
from chassis.runtime import Periodic, Runtime, Service, Subscription

from documents import publishes, retention
from documents.consumes import batches, declarations, letters
from documents.models import Base
from documents.rendering import fonts
from documents.settings import Settings


def require_fonts(_: Runtime) -> None:
    """Checked at start rather than at the first recap: raises FontsMissing, which says what to run."""
    fonts.folder()


service = Service(
    name="documents",
    metadata=Base.metadata,
    settings=Settings,
    subscriptions=(
        Subscription("declaration.transmitted.v1", declarations.transmitted),
        Subscription("declaration.superseded.v1", declarations.superseded),
        Subscription("declaration.lot_transmitted.v1", batches.lot_transmitted),
        Subscription("habilitation.access_changed.v1", rights.access_changed),
        *account_status.SUBSCRIPTIONS,
        Subscription("notification.letter_requested.v1", letters.letter_requested),
    ),
    published=publishes.PUBLISHED,
    on_start=require_fonts,
    periodic=(Periodic("purge documents", 3600, retention.purge),),
)
