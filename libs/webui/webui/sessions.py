"""
Server-side sessions: the browser holds a random number, the table only its SHA-256 (OWASP ASVS 7.2).

A stolen table opens no session; sign-out or `purge` ends a session at once.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Index,
    MetaData,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from werkzeug.datastructures import CallbackDict

ID_BYTES = 32
# A read also counts as activity, but the row is not written at every request.
SEEN_EVERY_SECONDS = 60


def session_table(metadata: MetaData, name: str = "web_session") -> Table:
    """The table, for the application's migrations; instants are seconds since 1970 (UTC)."""
    return Table(
        name,
        metadata,
        Column("key", String(64), primary_key=True),
        Column("data", Text, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("seen_at", BigInteger, nullable=False),
        Index(f"ix_{name}_seen_at", "seen_at"),
    )


def key_of(identifier: str) -> str:
    """The hash of a session's identifier, as stored in the table."""
    return hashlib.sha256(identifier.encode()).hexdigest()


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A dict of JSON values (tuples, dates, UUIDs and bytes too)."""

    def __init__(self, data: Mapping[str, Any], identifier: str | None, created_at: int, seen_at: int) -> None:
        super().__init__(data, self.touched)
        self.identifier = identifier
        self.created_at = created_at
        self.seen_at = seen_at
        self.retired: str | None = None
        # True until the browser has received the cookie.
        self.new = identifier is None
        self.modified = False

    @staticmethod
    def touched(session: "CallbackDict[str, Any]") -> None:
        """Marks the session as modified."""
        if isinstance(session, ServerSession):
            session.modified = True

    def rotate(self) -> None:
        """Gives the session a new identifier and lifetime and keeps its data: call at sign-in (session fixation)."""
        self.retired = self.retired or self.identifier
        self.identifier = None
        self.new = True
        self.modified = True


class SqlSessionInterface(SessionInterface):
    """
    Flask sessions in a table.

    `engine` is called at each use, so that the application can be built before its database; `reading` too, an engine
    that opens no transaction around the one statement of a read. No two statements here need a transaction. `idle`
    counts from the last request, `absolute` from sign-in. `secure` (the site is https) gives the cookie the `__Host-`
    prefix.
    """

    serializer = TaggedJSONSerializer()

    def __init__(
        self,
        engine: Callable[[], Engine],
        table: Table,
        *,
        name: str,
        secure: bool,
        reading: Callable[[], Engine] | None = None,
        idle: timedelta = timedelta(minutes=30),
        absolute: timedelta = timedelta(hours=10),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.engine = engine
        self.reading = reading or engine
        self.table = table
        self.cookie = f"__Host-{name}" if secure else name
        self.secure = secure
        self.idle_seconds = int(idle.total_seconds())
        self.absolute_seconds = int(absolute.total_seconds())
        self.now = now
        # Built once: every page runs two of them, and building a statement costs more than running it.
        columns, mine = table.c, table.c.key == bindparam("mine")
        self._read = select(columns.data, columns.created_at, columns.seen_at).where(
            mine, columns.seen_at > bindparam("idle_since"), columns.created_at > bindparam("begun_since")
        )
        self._create, self._rewrite, self._delete = insert(table), update(table).where(mine), delete(table).where(mine)

    def instant(self) -> int:
        """Seconds since 1970."""
        return int(self.now().timestamp())

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The cookie's valid session, else an empty one that has no row yet."""
        identifier = request.cookies.get(self.cookie)
        row = self.read(identifier) if identifier else None
        if row is None:
            instant = self.instant()
            return ServerSession({}, None, instant, instant)
        return ServerSession(self.serializer.loads(row.data), identifier, row.created_at, row.seen_at)

    def read(self, identifier: str) -> Row[*tuple[Any, ...]] | None:
        """The row of a session that has not expired."""
        instant = self.instant()
        since = {"idle_since": instant - self.idle_seconds, "begun_since": instant - self.absolute_seconds}
        with self.reading().connect() as connection:
            return connection.execute(self._read, {"mine": key_of(identifier), **since}).first()

    def saved(self, session: ServerSession) -> Mapping[str, object] | None:
        """The session's stored data as of now, perhaps from another request; None when it has no valid row."""
        row = self.read(session.identifier) if session.identifier else None
        return None if row is None else dict(self.serializer.loads(row.data))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes changes; an emptied session loses its row and its cookie."""
        if not isinstance(session, ServerSession):
            raise TypeError("A session opened by another interface")
        if not session:
            self.forget(session, response)
        elif session.new:
            self.create(session, response)
        elif session.modified or self.instant() - session.seen_at >= SEEN_EVERY_SECONDS:
            self.rewrite(session)

    def create(self, session: ServerSession, response: Response) -> None:
        """Creates the row and its cookie; replaces the old row after `rotate`."""
        session.identifier = secrets.token_urlsafe(ID_BYTES)
        instant = self.instant()
        row: dict[str, int | str] = {"created_at": instant, "seen_at": instant}
        row |= {"key": key_of(session.identifier), "data": self.serializer.dumps(dict(session))}
        with self.engine().begin() as connection:
            retired = {"mine": key_of(session.retired), **row} if session.retired else None
            if retired is None or not connection.execute(self._rewrite, retired).rowcount:
                connection.execute(self._create, row)
        response.set_cookie(
            self.cookie, session.identifier, secure=self.secure, httponly=True, samesite="Lax", path="/"
        )

    def rewrite(self, session: ServerSession) -> None:
        """Never recreates a row deleted meanwhile: a session ended elsewhere stays ended."""
        values: dict[str, int | str] = {"seen_at": self.instant()}
        if session.modified:
            values["data"] = self.serializer.dumps(dict(session))
        with self.engine().begin() as connection:
            connection.execute(self._rewrite, {"mine": key_of(session.identifier or ""), **values})

    def forget(self, session: ServerSession, response: Response) -> None:
        """Deletes the rows of an emptied session."""
        known = [{"mine": key_of(identifier)} for identifier in (session.identifier, session.retired) if identifier]
        if not known:
            return
        with self.engine().begin() as connection:
            connection.execute(self._delete, known)
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def purge(self) -> int:
        """Deletes the expired rows; returns how many. For a periodic job."""
        instant, columns = self.instant(), self.table.c
        expired = or_(
            columns.seen_at <= instant - self.idle_seconds, columns.created_at <= instant - self.absolute_seconds
        )
        with self.engine().begin() as connection:
            return connection.execute(delete(self.table).where(expired)).rowcount
