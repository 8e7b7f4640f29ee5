"""Publishes rights never published yet, for users created by older versions; later starts find nothing to do."""

from chassis.runtime import Runtime
from sqlalchemy import exists, select

from habilitation import publishes
from habilitation.models import Member, Membership


def on_start(runtime: Runtime) -> None:
    """Needed for users that programs act as: nobody ever signs in to them."""
    ticked = exists().where(Membership.account_id == Member.account_id)
    unpublished = select(Member.account_id).where(Member.access_version == 0, Member.withdrawn_at.is_(None), ticked)
    with runtime.transaction() as session:
        for account_id in session.scalars(unpublished.order_by(Member.account_id).with_for_update()).all():
            publishes.access_changed(session, account_id)
