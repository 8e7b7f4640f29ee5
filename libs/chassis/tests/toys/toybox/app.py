from dataclasses import dataclass

from chassis.runtime import Periodic, Service, Subscription
from chassis.settings import Settings

from toybox import consumes, jobs
from toybox.models import Base


@dataclass(frozen=True, kw_only=True)
class ToySettings(Settings):
    upload_max_bytes: int = 3_000_000


service = Service(
    name="toybox",
    settings=ToySettings,
    metadata=Base.metadata,
    subscriptions=(
        Subscription("shop.ordered.v1", consumes.ordered),
        Subscription("shop.broken.v1", consumes.broken),
        Subscription("shop.recalled.v1", consumes.ordered, urgent=True),
    ),
    published=("toybox.made.v1", "toybox.unheard.v1"),
    periodic=(Periodic("tidy", 3600, jobs.tidy),),
)
