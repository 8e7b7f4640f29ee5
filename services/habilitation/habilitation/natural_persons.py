"""A natural person's perimeter comes from the registry only: groups added to it are removed."""

from uuid import UUID

from chassis import clock, journal
from chassis.runtime import Runtime
from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session

from habilitation import delegations, domain, publishes
from habilitation.models import DelegatedGroup, Group, GroupScope, Member, Membership, Organisation

REASON = "une personne physique n’a pas d’autre groupe que ceux de la Caf"

# Built once: it runs for each landlord of a registry.
_PERSON = (
    select(Organisation.id)
    .where(Organisation.id == bindparam("organisation_id"), Organisation.kind == domain.NATURAL_PERSON)
    .with_for_update()
)


def on_start(runtime: Runtime) -> None:
    """Removes rights granted before the rule existed, when a new version starts; later starts find nothing to do."""
    with runtime.transaction() as session:
        added = exists().where(Group.organisation_id == Organisation.id, ~Group.automatic)
        widened = select(Organisation.id).where(Organisation.kind == domain.NATURAL_PERSON, added)
        for organisation_id in session.scalars(widened.order_by(Organisation.id)).all():
            set_right(session, organisation_id)


def set_right(session: Session, organisation_id: UUID) -> None:
    """Removes groups not created from the registry and publishes the new rights. Does nothing for a legal person."""
    if session.scalar(_PERSON, {"organisation_id": organisation_id}) is None:
        return
    added = select(Group).where(Group.organisation_id == organisation_id, ~Group.automatic).order_by(Group.label)
    groups = session.scalars(added).all()
    for group in groups:
        _remove(session, group)
    if groups:
        members = select(Member.account_id).where(Member.organisation_id == organisation_id).order_by(Member.account_id)
        for account_id in session.scalars(members).all():
            delegations.end(session, account_id, clock.now())
            publishes.access_changed(session, account_id)


def _remove(session: Session, group: Group) -> None:
    scopes = session.execute(
        select(GroupScope.housing_type, GroupScope.zone).where(GroupScope.group_id == group.id)
    ).all()
    before = {"label": group.label, "scopes": [domain.Scope(*scope).to_json() for scope in sorted(map(tuple, scopes))]}
    journal.record(
        session,
        actor="system",
        action="group.removed",
        subject=group.id,
        perimeter=group.organisation_id,
        before=before,
        reason=REASON,
    )
    for table in (DelegatedGroup, Membership, GroupScope):
        session.execute(delete(table).where(table.group_id == group.id))
    session.delete(group)
    session.flush()
