"""Whether an account is still open, as identity last told it, asked at the entrance of every operation.

A token lives five minutes; who is suspended, closed or withdrawn in between gets nothing with it: no list, no file of
their own, no answer stored for an idempotency key. An agent acts for the Caf that identity told last.
"""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis import rights, runtime
from chassis.db import any_row, upsert
from chassis.events import Event
from chassis.problems import AccountClosed, RightsMissing
from chassis.runtime import Runtime
from chassis.service import Subscription

_TABLE = "account_status"


def keep(session: Session, event: Event, *, active: bool) -> bool:
    """Keeps what the event says unless something newer is known; returns whether it was news."""
    table = runtime.of(session).service.metadata.tables[_TABLE]
    data = event.data
    values = {
        "active": active,
        "caf_code": data["caf_code"],
        # Told since agents can be moved; None: as the token says.
        "supervisor": data.get("supervisor"),
        "version": data["version"],
    }
    newer = upsert(session, table).values(account_id=UUID(data["account_id"]), **values)
    newer = newer.on_conflict_do_update(
        index_elements=["account_id"], set_=values, where=table.c.version < data["version"]
    )
    return session.execute(newer.returning(table.c.account_id)).first() is not None


def opened(session: Session, event: Event) -> None:
    keep(session, event, active=True)


def shut(session: Session, event: Event) -> None:
    keep(session, event, active=False)


SUBSCRIPTIONS = (
    Subscription("identity.account_suspended.v1", shut),
    Subscription("identity.account_restored.v1", opened),
    Subscription("identity.account_closed.v1", shut),
    Subscription("identity.account_moved.v1", opened),
)


def with_account_status(metadata: sa.MetaData) -> sa.MetaData:
    """Adds the table of the copy to a service's metadata, and returns it."""
    sa.Table(
        _TABLE,
        metadata,
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("caf_code", sa.String(3)),
        sa.Column("supervisor", sa.Boolean),
        # Of the account in identity: an older event that comes late changes nothing.
        sa.Column("version", sa.Integer, nullable=False),
    )
    return metadata


def is_kept(metadata: sa.MetaData) -> bool:
    return _TABLE in metadata.tables


def shut_down(metadata: sa.MetaData, account_id: Any) -> sa.ColumnElement[bool]:
    """True in a query for an account that was suspended or closed."""
    table = metadata.tables[_TABLE].alias()
    return any_row(table, table.c.account_id == account_id, ~table.c.active)


def admit(here: Runtime, claims: dict[str, Any]) -> None:
    """Lets the caller of an operation in, or raises AccountClosed, or RightsMissing for a program.

    Whom nothing was told of enters: identity gives no token to who is suspended, and tells again how agents stand.
    Corrects the claims of an agent who has changed Caf since the token was given.
    """
    with here.read_only() as session:
        known = session.execute(_known(here.service.metadata), {"caller": UUID(claims["sub"])}).one()
    if known.open is False or known.rights is False:
        raise AccountClosed
    if claims["kind"] == "agent" and known.caf_code is not None:
        claims["caf"] = known.caf_code
        claims["supervisor"] = claims.get("supervisor", False) if known.supervisor is None else known.supervisor
    if known.scoped is False and "openid" not in claims.get("scope", "").split():
        raise RightsMissing


@cache
def _known(metadata: sa.MetaData) -> sa.Select[Any]:
    """One row: how the account stands, its Caf, and of services that keep rights whether it has any; None: not told.

    Built once: each operation asks.
    """
    caller = sa.select(sa.bindparam("caller", type_=sa.Uuid).label("account_id")).subquery("caller")
    status = metadata.tables[_TABLE]
    columns = [status.c.active.label("open"), status.c.caf_code, status.c.supervisor]
    found = caller.outerjoin(status, status.c.account_id == caller.c.account_id)
    if not rights.are_kept(metadata):
        nothing = sa.null()
        return sa.select(*columns, nothing.label("rights"), nothing.label("scoped")).select_from(found)
    access, scopes = rights.tables(metadata)
    scoped = any_row(scopes, scopes.c.account_id == caller.c.account_id)
    found = found.outerjoin(access, access.c.account_id == caller.c.account_id)
    return sa.select(*columns, access.c.active.label("rights"), scoped.label("scoped")).select_from(found)
