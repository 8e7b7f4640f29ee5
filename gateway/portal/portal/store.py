"""The portal's tables: sessions of people signed in, forms already sent, contents of expired forms."""

import time
from collections.abc import Callable
from datetime import timedelta

from chassis.db import make_engine, one_by_one, single_writes
from sqlalchemy import Engine, MetaData, text
from webui.kept_forms import kept_form_table
from webui.sent_forms import sent_form_table
from webui.sessions import SqlSessionInterface, session_table

from portal.settings import PortalSettings

METADATA = MetaData()
SESSIONS = session_table(METADATA)
SENT_FORMS = sent_form_table(METADATA)
KEPT_FORMS = kept_form_table(METADATA)
# An arbitrary constant: processes that start together create the tables one at a time.
CREATION_LOCK = 7_261_502


def open_store(settings: PortalSettings) -> Engine:
    """The portal's database; missing tables are created."""
    engine = make_engine(settings.database_url)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CREATION_LOCK})
        METADATA.create_all(connection)
    return engine


def session_interface(settings: PortalSettings, engine: Engine) -> SqlSessionInterface:
    """Sessions as long as the settings say."""
    reading, writing = one_by_one(engine), single_writes(engine)
    return SqlSessionInterface(
        lambda: writing,
        SESSIONS,
        name="portal",
        secure=settings.is_https,
        reading=lambda: reading,
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )


class Purge:
    """Deletes expired rows, at most once per interval; called at each request."""

    every_seconds = 900

    def __init__(self, *purges: Callable[[], int]) -> None:
        self._purges = purges
        self.due_at = time.monotonic()

    def __call__(self) -> None:
        """Two concurrent requests may both purge: that is harmless."""
        if time.monotonic() >= self.due_at:
            self.due_at = time.monotonic() + self.every_seconds
            for purge in self._purges:
                purge()
