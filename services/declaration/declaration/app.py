"""What the declaration service is made of."""

from chassis import rights
from chassis.service import Periodic, Service, Subscription

from declaration import consumes, opening, publishes, registry
from declaration.models import Base
from declaration.settings import DeclarationSettings

service = Service(
    name="declaration",
    metadata=Base.metadata,
    settings=DeclarationSettings,
    subscriptions=(
        Subscription("habilitation.access_changed.v1", rights.access_changed),
        Subscription("documents.recap_ready.v1", consumes.recap_ready),
    ),
    published=publishes.PUBLISHED,
    periodic=(
        Periodic("read registry files", 2, registry.read_waiting),
        Periodic("ask landlords", 2, opening.ask_landlords),
    ),
)
