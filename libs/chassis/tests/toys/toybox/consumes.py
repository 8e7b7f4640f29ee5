from chassis import outbox
from chassis.events import Event
from sqlalchemy.orm import Session

from toybox.models import Thing


def ordered(session: Session, event: Event) -> None:
    session.add(Thing(name=event.data["name"], extra=event.personal or None))
    session.flush()
    outbox.publish(session, "toybox.made.v1", event.subject, {"name": event.data["name"]})


def broken(session: Session, event: Event) -> None:
    session.add(Thing(name="half done"))
    session.flush()
    raise RuntimeError(f"the tenant {event.personal['last_name']} breaks it")
