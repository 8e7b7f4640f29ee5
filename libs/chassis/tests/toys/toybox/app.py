from chassis.service import Periodic, Service, Subscription

from toybox import consumes, jobs
from toybox.models import Base

service = Service(
    name="toybox",
    metadata=Base.metadata,
    subscriptions=(Subscription("shop.ordered.v1", consumes.ordered), Subscription("shop.broken.v1", consumes.broken)),
    published=("toybox.made.v1", "toybox.unheard.v1"),
    periodic=(Periodic("tidy", 3600, jobs.tidy),),
)
