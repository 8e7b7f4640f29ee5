"""The database session of the request being answered: authlib calls back without one."""

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.runtime import Runtime
from flask import g
from sqlalchemy.orm import Session


@contextmanager
def one_transaction(runtime: Runtime) -> Iterator[Session]:
    """What authlib reads and writes for one request commits together, refusals included (a burnt code stays burnt)."""
    with runtime.transaction() as session:
        g.oidc_database = session
        try:
            yield session
        finally:
            g.pop("oidc_database", None)


def database() -> Session:
    session: Session = g.oidc_database
    return session
