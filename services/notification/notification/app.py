"""The notification service's declaration: subscriptions, events published, periodic jobs."""

from chassis import account_status
from chassis.runtime import Periodic, Service

from notification import consumes, publishes, sending
from notification.models import Base
from notification.printing import jobs
from notification.settings import Settings

service = Service(
    name="notification",
    metadata=Base.metadata,
    settings=Settings,
    subscriptions=(*consumes.SUBSCRIPTIONS, *account_status.SUBSCRIPTIONS),
    published=publishes.PUBLISHED,
    periodic=(
        Periodic("send e-mails", 1, sending.send_due, on_change=True),
        Periodic("make letter batches", 5, jobs.make_batches, on_change=True),
        Periodic("erase printed letters", 60, jobs.erase_printed),
        Periodic("end letters without address", 3600, jobs.expire_waiting),
        Periodic("watch letters", 3600, jobs.watch),
    ),
)
