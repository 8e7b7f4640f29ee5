"""Whether an account is still open, from identity's last event; checked before every operation.

A token lives five minutes; an account suspended, closed or withdrawn meanwhile gets nothing with it: no list, no file
of its own, no answer stored for an idempotency key. An agent acts for the Caf in identity's last event.
"""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from chassis import rights, runtime
from chassis.db import any_row, keep_newer
from chassis.events import Event
from chassis.problems import AccountClosed, RightsMissing
from chassis.runtime import Runtime, Subscription

_TABLE = "account_status"


def keep(session: Session, event: Event, *, active: bool) -> bool:
    """Stores the event unless a newer one is already stored; returns whether it was stored."""
    data = event.data
    row = {
        "account_id": UUID(data["account_id"]),
        "active": active,
        "caf_code": data["caf_code"],
        # Present since agents can be moved; None: the Caf in the token holds.
        "supervisor": data.get("supervisor"),
        "version": data["version"],
    }
    return keep_newer(session, runtime.of(session).service.metadata.tables[_TABLE], row)


def opened(session: Session, event: Event) -> None:
    keep(session, event, active=True)


def shut(session: Session, event: Event) -> None:
    keep(session, event, active=False)


SUBSCRIPTIONS = (
    Subscription("identity.account_suspended.v1", shut, urgent=True),
    Subscription("identity.account_restored.v1", opened, urgent=True),
    Subscription("identity.account_closed.v1", shut, urgent=True),
    Subscription("identity.account_moved.v1", opened, urgent=True),
)


def with_account_status(metadata: sa.MetaData) -> sa.MetaData:
    """Adds the local copy's table to a service's metadata, and returns it."""
    sa.Table(
        _TABLE,
        metadata,
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("caf_code", sa.String(3)),
        sa.Column("supervisor", sa.Boolean),
        # The account's version in identity: an older event that arrives late changes nothing.
        sa.Column("version", sa.Integer, nullable=False),
    )
    return metadata


def is_kept(metadata: sa.MetaData) -> bool:
    return _TABLE in metadata.tables


def shut_down(metadata: sa.MetaData, account_id: Any) -> sa.ColumnElement[bool]:
    """SQL condition: the account is suspended or closed."""
    table = metadata.tables[_TABLE].alias()
    return any_row(table, table.c.account_id == account_id, ~table.c.active)


def admit(here: Runtime, claims: dict[str, Any]) -> None:
    """Admits the caller of an operation; raises AccountClosed, or RightsMissing for a program.

    An unknown account is admitted: identity gives a suspended account no token, and repeats the status of agents.
    Corrects the claims of an agent who has changed Caf since the token was issued.
    """
    known = here.rows(_status_query(here.service.metadata), {"caller": UUID(claims["sub"])})[0]
    if known.open is False or known.rights is False:
        raise AccountClosed
    if claims["kind"] == "agent" and known.caf_code is not None:
        claims["caf"] = known.caf_code
        claims["supervisor"] = claims.get("supervisor", False) if known.supervisor is None else known.supervisor
    if known.scoped is False and "openid" not in claims.get("scope", "").split():
        raise RightsMissing


@cache
def _status_query(metadata: sa.MetaData) -> sa.Select[Any]:
    """One row: the account's status, its Caf and, in services that keep rights, whether it has any; None: unknown.

    Built once: every operation runs it.
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
