from chassis.runtime import Runtime
from sqlalchemy import delete

from toybox.models import Thing


def tidy(runtime: Runtime) -> None:
    with runtime.transaction() as session:
        session.execute(delete(Thing).where(Thing.name.like("old %")))
