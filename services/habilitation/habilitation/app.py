"""Definition of the habilitation service: subscriptions, published events and start-up."""

from chassis import account_status
from chassis.runtime import Runtime, Service, Subscription

from habilitation import consumes, natural_persons, publishes, unpublished_rights
from habilitation.models import Base


def on_start(runtime: Runtime) -> None:
    natural_persons.on_start(runtime)
    unpublished_rights.on_start(runtime)


service = Service(
    name="habilitation",
    metadata=Base.metadata,
    subscriptions=(
        Subscription("registry.landlord_registered.v1", consumes.landlord_registered),
        Subscription("registry.portfolio_changed.v1", consumes.portfolio_changed),
        Subscription("identity.account_activated.v1", consumes.account_activated),
        Subscription("identity.account_suspended.v1", consumes.account_suspended, urgent=True),
        Subscription("identity.account_restored.v1", consumes.account_restored, urgent=True),
        Subscription("identity.account_closed.v1", consumes.account_closed, urgent=True),
        Subscription("identity.account_moved.v1", account_status.opened, urgent=True),
        Subscription("identity.account_changed.v1", consumes.account_changed),
    ),
    published=publishes.PUBLISHED,
    on_start=on_start,
)
