"""The database session of the current request, since authlib's callbacks do not receive one."""

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.runtime import Runtime
from flask import g
from sqlalchemy.orm import Session


@contextmanager
def one_transaction(runtime: Runtime) -> Iterator[Session]:
    """Runs all of authlib's reads and writes of a request in one transaction, which commits on errors too, so that a
    presented code stays consumed."""
    with runtime.transaction() as session:
        g.oidc_database = session
        try:
            yield session
        finally:
            g.pop("oidc_database", None)


def database() -> Session:
    session: Session = g.oidc_database
    return session
