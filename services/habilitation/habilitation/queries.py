"""Reads and writes of organisations; each statement includes the caller's perimeter."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from chassis import journal
from chassis.auth import Caller
from chassis.db import insert_new
from chassis.french.zones import WHOLE_COUNTRY
from chassis.ids import new_id
from chassis.problems import Forbidden, NotFound
from chassis.runtime import Runtime
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from habilitation import access, api_types, domain, publishes
from habilitation.access import Access
from habilitation.domain import Scope
from habilitation.models import Group, GroupScope, Organisation
from habilitation.perimeter import administered, assignable, listed_groups, managed, shared, visible


def my_access(runtime: Runtime, caller: Caller) -> Access:
    """Raises NotFound until habilitation has received the person's activation, and once access is withdrawn."""
    try:
        held = access.read(runtime, caller.sub)
    except NoResultFound:
        raise NotFound("Vos droits ne sont pas encore ouverts. Réessayez dans un instant.") from None
    if not held.active:
        raise NotFound("Votre accès à cet organisme a été retiré.")
    return held


def organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """Raises NotFound outside the caller's perimeter."""
    found = session.execute(select(Organisation).where(Organisation.id == organisation_id, visible(caller)))
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def shared_organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """As `organisation`, for those with users and groups. Raises NotFound for a natural person's."""
    found = session.scalar(select(Organisation).where(Organisation.id == organisation_id, visible(caller), shared()))
    if found is None:
        raise NotFound
    return found


def administered_organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """Raises NotFound outside the perimeter, Forbidden for a member of the organisation who is not administrator."""
    return _own(session, caller, organisation_id, administered(caller), "Seul l’administrateur peut le faire.")


def managed_organisation(session: Session, caller: Caller, organisation_id: UUID) -> Organisation:
    """As `administered_organisation`, delegates included; the statement that follows limits what they may do."""
    why = "Seuls l’administrateur et les responsables d’habilitation gèrent les utilisateurs."
    return _own(session, caller, organisation_id, managed(caller), why)


def _own(
    session: Session, caller: Caller, organisation_id: UUID, condition: ColumnElement[bool], why: str
) -> Organisation:
    row = session.scalar(select(Organisation).where(Organisation.id == organisation_id, condition))
    if row is None:
        shared_organisation(session, caller, organisation_id)
        raise Forbidden(why)
    return row


def groups(session: Session, caller: Caller, organisation_id: UUID) -> list[api_types.Group]:
    owner = shared_organisation(session, caller, organisation_id)
    scopes: dict[UUID, list[Scope]] = defaultdict(list)
    rows = session.execute(
        select(Group, GroupScope, assignable(caller))
        .join(GroupScope, GroupScope.group_id == Group.id)
        .where(Group.organisation_id == owner.id, listed_groups(caller))
        .order_by(Group.label)
    ).all()
    for group, scope, _gives in rows:
        scopes[group.id].append(Scope(scope.housing_type, scope.zone))
    given = {group: bool(gives) for group, _scope, gives in rows}
    return [_group_to_json(group, scopes[group.id], gives) for group, gives in given.items()]


def _group_to_json(group: Group, scopes: list[Scope], gives: bool) -> api_types.Group:
    return {
        "id": str(group.id),
        "label": group.label,
        "automatic": group.automatic,
        "assignable": gives,
        "scopes": [{"housing_type": scope.housing_type, "zone": scope.zone} for scope in sorted(scopes)],
    }


def add_group(
    session: Session, caller: Caller, organisation_id: UUID, label: str, scopes: list[Scope]
) -> api_types.Group:
    owner = administered_organisation(session, caller, organisation_id)
    scopes = domain.checked_scopes(scopes, departements(session, owner.id))
    label = " ".join(label.split())
    named = {"organisation_id": owner.id, "label": label, "label_key": domain.label_key(label), "automatic": False}
    made = new_id()
    # The unique index settles races.
    if not insert_new(session, Group, {"id": made, **named}):
        raise domain.label_taken()
    group = session.get_one(Group, made)
    session.add_all(GroupScope(group_id=group.id, housing_type=one.housing_type, zone=one.zone) for one in scopes)
    session.flush()
    shown = _group_to_json(group, scopes, True)
    journal.record(session, actor=caller.sub, action="group.created", subject=group.id, perimeter=owner.id, after=shown)
    publishes.access_changed(session, caller.sub)
    return shown


def departements(session: Session, organisation_id: UUID) -> set[str]:
    """Where the organisation has dwellings: the zones of its automatic groups."""
    automatic = (
        select(GroupScope.zone)
        .join(Group, Group.id == GroupScope.group_id)
        .where(Group.organisation_id == organisation_id, Group.automatic)
    )
    return set(session.scalars(automatic))


def zones(session: Session, caller: Caller, organisation_id: UUID) -> list[api_types.Zone]:
    """Zones that a group may contain, besides the communes of these départements."""
    owner = administered_organisation(session, caller, organisation_id)
    found: list[api_types.Zone] = [
        {"zone": zone, "label": f"Département {zone}"} for zone in sorted(departements(session, owner.id))
    ]
    return [*found, {"zone": WHOLE_COUNTRY, "label": "France entière"}]


def journal_lines(session: Session, caller: Caller, organisation_id: UUID, limit: int) -> list[api_types.JournalLine]:
    owner = administered_organisation(session, caller, organisation_id)
    table = Organisation.metadata.tables["journal"]
    lines = select(table).where(table.c.perimeter == str(owner.id)).order_by(table.c.seq.desc()).limit(limit)
    return [
        {
            "at": row["at"].isoformat(),
            "actor": row["actor"],
            "action": row["action"],
            "subject": row["subject"],
            "before": row["before"],
            "after": row["after"],
            "reason": row["reason"],
        }
        for row in session.execute(lines).mappings()
    ]


def recent_lines(session: Session, action: str, subject: UUID, since: datetime) -> list[datetime]:
    """Times at which the journal recorded this action on that person, latest first."""
    table = Organisation.metadata.tables["journal"]
    lines = select(table.c.at).where(table.c.action == action, table.c.subject == str(subject), table.c.at > since)
    return list(session.scalars(lines.order_by(table.c.at.desc())))
