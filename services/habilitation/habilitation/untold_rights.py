"""Users made before their rights were told at once: told when a new version starts, and nothing to do ever after."""

from chassis.runtime import Runtime
from sqlalchemy import exists, select

from habilitation import publishes
from habilitation.models import Member, Membership


def on_start(runtime: Runtime) -> None:
    """A program acts as such a user, whom nobody ever signs in."""
    ticked = exists().where(Membership.account_id == Member.account_id)
    untold = select(Member.account_id).where(Member.access_version == 0, Member.withdrawn_at.is_(None), ticked)
    with runtime.transaction() as session:
        for account_id in session.scalars(untold.order_by(Member.account_id).with_for_update()).all():
            publishes.access_changed(session, account_id)
