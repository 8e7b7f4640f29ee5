"""`meal` has no unique key on purpose: an event handled twice would show."""

from chassis import tracing
from chassis.db import insert_new, service_metadata
from chassis.events import Event
from chassis.runtime import Service, Subscription
from sqlalchemy import Column, Integer, String, Table, bindparam, insert, update
from sqlalchemy.orm import Session

metadata = service_metadata()
meal = Table(
    "meal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("subject", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("last_name", String(40)),
    Column("trace_id", String(32)),
)
latest = Table(
    "latest",
    metadata,
    Column("subject", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)


# Built once, as a service's handlers do.
_ADD = insert(meal)
_RAISE = (
    update(latest)
    .where(latest.c.subject == bindparam("of"), latest.c.version < bindparam("to"))
    .values(version=bindparam("to"))
)


def ordered(session: Session, event: Event) -> None:
    """Makes a meal for each event, and keeps the highest version of each subject."""
    version = event.data["version"]
    values = {
        "subject": event.subject,
        "version": version,
        "last_name": event.personal.get("last_name"),
        "trace_id": tracing.current_trace_id(),
    }
    session.execute(_ADD, values)
    insert_new(session, latest, {"subject": event.subject, "version": 0})
    session.execute(_RAISE, {"of": event.subject, "to": version})


class Stove:
    """``broken`` until somebody mends it."""

    broken = True


def spoiled(session: Session, event: Event) -> None:
    session.execute(insert(meal).values(subject=event.subject, version=0))
    if Stove.broken:
        raise RuntimeError(f"the order of {event.personal['last_name']} burns")


service = Service(
    name="kitchen",
    metadata=metadata,
    subscriptions=(Subscription("shop.ordered.v1", ordered), Subscription("shop.spoiled.v1", spoiled)),
)
