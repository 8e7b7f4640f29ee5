"""
Forms that create, send or start something act once, even if the browser resends them.

Each submission is a row: owner, keyed hash of form and content, idempotency key, and where it redirected. The same page
resent (double click, « back » and « Valider ») redirects to the first result; the same content from another page
within the hour asks whether a second one is meant. A submission with an unknown outcome is retried under its own key,
to which the service gives the same response.

Passwords and codes are neither stored nor hashed, not even with a key: there are few possible codes, and a hash that
tells whether two passwords are equal is one more thing to steal. A form with only secrets is identified by its page's
key alone.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chassis.clock import PARIS
from flask import Flask, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
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
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

# Fields that differ between two submissions of the same content.
KEY, AGAIN = "key", "again"
# The mark with the form's account, see `webui.kept_forms`.
MARK = "page_mark"
OWN_FIELDS = frozenset({"csrf_token", KEY, AGAIN, MARK})
# How long the same content asks for confirmation, and how long a page's key redirects to its result.
ASKED_SECONDS = 3600
KEPT_SECONDS = 24 * 3600
SENDING, DONE = "sending", "done"
# For a form identified by its page alone: whether the same was typed is unknown.
UNREAD = "Cette page a déjà servi (à {})\u00a0: ce que vous venez d’y saisir n’a pas été lu, et rien n’a été refait."
REPLAYED = "C’est déjà enregistré (à {})\u00a0: rien n’a été envoyé une deuxième fois."


def sent_form_table(metadata: MetaData, name: str = "sent_form") -> Table:
    """The table; instants are seconds since 1970 (UTC). It holds nothing that was typed."""
    return Table(
        name,
        metadata,
        Column("owner", String(64), primary_key=True),
        Column("content", String(64), primary_key=True),
        Column("address", String(64), nullable=False),
        Column("key", String(64), nullable=False),
        Column("state", String(10), nullable=False),
        Column("location", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Index(f"ix_{name}_owner_key", "owner", "key"),
        Index(f"ix_{name}_at", "at"),
    )


def sending_key(page_key: str | None) -> str:
    """The idempotency key for the service: the page's own, or that of the first submission of the same content."""
    return str(g.get("sent_form_key") or page_key or uuid.uuid4())


def led_elsewhere() -> None:
    """Marks the coming response: it redirects although nothing was done."""
    g.sent_form_left = True


def done_at(location: str) -> None:
    """Marks the coming response as a page shown once: the same form sent again redirects to `location`."""
    g.sent_form_location = location


@dataclass
class SentForms:
    """
    `acts`: endpoint -> what it does, in the infinitive; only their POSTs are checked.

    `owner` gives the request's account, empty for nobody; `left` tells whether a response is not a success although it
    redirects. `secrets`: fields neither stored nor hashed, and their labels. `alone` admits one submission per owner
    at a time, for actions that no service deduplicates by key.
    """

    engine: Callable[[], Engine]
    table: Table
    acts: Mapping[str, str]
    owner: Callable[[], str]
    left: Callable[[Response], bool] = lambda _answer: False
    secrets: Mapping[str, str] = field(default_factory=dict)
    alone: Callable[[str], AbstractContextManager[None]] | None = None
    now: Callable[[], float] = lambda: datetime.now(UTC).timestamp()

    def install(self, app: Flask) -> None:
        """Installed after CSRF protection, so that a forged request reads nothing here."""
        key = app.secret_key or ""
        self.secret = key if isinstance(key, bytes) else key.encode()
        app.before_request(self.before)
        app.after_request(self.after)
        app.teardown_request(self.leave)

    def before(self) -> ResponseReturnValue | None:
        """None to run the view; otherwise the response that replaces it."""
        if request.method != "POST" or request.endpoint not in self.acts or not self.owner():
            return None
        # The action may change the owner: a sign-in.
        g.sent_form_owner, given = self.owner(), page_key()
        if self.is_unread() and not given:
            return None
        content = self.content()
        if self.alone is not None:
            g.sent_form_turn = ExitStack()
            g.sent_form_turn.enter_context(self.alone(g.sent_form_owner))
        row = self.find(self.table.c.content == content)
        if row is None:
            same_page = and_(self.table.c.key == given, self.table.c.address == address_hash())
            changed = self.find(same_page) if given else None
            if changed is not None and changed.state == DONE and request.form.get(AGAIN) != changed.key:
                return self.ask(changed, other=True)
            return self.begin(content, given)
        if row.state == SENDING:
            g.sent_form_key, g.sent_form = row.key, content
            return None
        if given == row.key:
            flash((UNREAD if self.is_unread() else REPLAYED).format(hour(row.at)), "info")
            return redirect(row.location, 303)
        if self.now() - row.at < ASKED_SECONDS and request.form.get(AGAIN) != row.key:
            return self.ask(row, other=False)
        self.remove(content)
        return self.begin(content, given)

    def after(self, answer: Response) -> Response:
        """A redirect means success; a refusal deletes the row; after a failure the outcome stays unknown."""
        content = g.pop("sent_form", None)
        if content is None or answer.status_code >= 500:
            return answer
        location = g.get("sent_form_location") or (answer.location if answer.status_code in (302, 303) else None)
        if not location or g.get("sent_form_left") or self.left(answer):
            self.remove(content)
            return answer
        done = update(self.table).where(*self.mine(content))
        with self.engine().begin() as connection:
            connection.execute(done.values(state=DONE, location=location, at=int(self.now())))
        return answer

    def leave(self, _error: BaseException | None) -> None:
        """Releases the lock once this submission's outcome is written."""
        turn = g.pop("sent_form_turn", None)
        if turn is not None:
            turn.close()

    def content(self) -> str:
        """A keyed hash of the URL and of everything typed or chosen, files included, secrets excluded."""
        mac = hmac.new(self.secret, digestmod=hashlib.sha256)
        read = (page_key(),) if self.is_unread() else self.typed_parts()
        for part in (request.full_path, *read):
            mac.update(len(part).to_bytes(8) + part.encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
            digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # it has readinto
            file.stream.seek(0)
            mac.update(f"{name}\n{file.filename}\n{digest}\n".encode())
        return mac.hexdigest()

    def begin(self, content: str, given: str) -> ResponseReturnValue | None:
        """Reserves the content; when another request has just done so, its key is used."""
        key = given or str(uuid.uuid4())
        row = {"owner": g.sent_form_owner, "content": content, "address": address_hash(), "key": key, "state": SENDING}
        try:
            with self.engine().begin() as connection:
                connection.execute(insert(self.table).values(**row, location="", at=int(self.now())))
        except IntegrityError:
            other = self.find(self.table.c.content == content)
            key = key if other is None else other.key
        g.sent_form_key, g.sent_form = key, content
        return None

    def ask(self, row: Row[Any], *, other: bool) -> ResponseReturnValue:
        """The page « Vous venez de le faire: recommencer? », with a button that sends the same content again."""
        page = render_template(
            "webui/sent_form.html",
            what=self.acts[request.endpoint or ""],
            at=hour(row.at),
            other=other,
            seen=row.location,
            address=request.full_path.rstrip("?"),
            typed=[(name, value) for name in self.typed() for value in request.form.getlist(name)],
            secrets=[(name, label) for name, label in self.secrets.items() if name in request.form],
            files=[(name, file.filename) for name, file in request.files.items(multi=True)],
            key=str(uuid.uuid4()),
            again=row.key,
        )
        return page, 409

    def find(self, condition: Any) -> Row[Any] | None:
        """The person's newest row, unless it is too old to count."""
        since = int(self.now()) - KEPT_SECONDS
        mine = select(self.table).where(self.table.c.owner == g.sent_form_owner, self.table.c.at > since, condition)
        with self.engine().connect() as connection:
            return connection.execute(mine.order_by(self.table.c.at.desc()).limit(1)).first()

    def mine(self, content: str) -> tuple[Any, Any]:
        """The SQL conditions of one row."""
        return self.table.c.owner == g.sent_form_owner, self.table.c.content == content

    def remove(self, content: str) -> None:
        """Deletes a submission."""
        with self.engine().begin() as connection:
            connection.execute(delete(self.table).where(*self.mine(content)))

    def typed(self) -> list[str]:
        """The names of the readable fields, sorted: browsers may send fields in any order."""
        return sorted(name for name in request.form if not is_own(name) and name not in self.secrets)

    def typed_parts(self) -> Iterator[str]:
        """Names and values of the readable fields, flattened."""
        for name in self.typed():
            yield name
            yield from request.form.getlist(name)

    def is_unread(self) -> bool:
        """Whether only secrets were typed."""
        return not self.typed() and any(name in self.secrets for name in request.form)

    def purge(self) -> int:
        """Deletes expired rows; for a periodic job."""
        old = delete(self.table).where(self.table.c.at <= int(self.now()) - KEPT_SECONDS)
        with self.engine().begin() as connection:
            return connection.execute(old).rowcount


def address_hash() -> str:
    """Identifies the form: URLs hold identifiers, so the table stores a hash."""
    return hashlib.sha256(request.full_path.encode()).hexdigest()


def is_own(name: str) -> bool:
    """Whether a field belongs to the page and was not typed; prefixed forms put the prefix before the name."""
    return name.rpartition("-")[2] in OWN_FIELDS


def page_key() -> str:
    """The idempotency key of the page that sent the form; empty when it has none."""
    return next((value for name, value in request.form.items() if name.rpartition("-")[2] == KEY), "")[:64]


def hour(instant: int) -> str:
    """`10 h 42`, in Paris."""
    at = datetime.fromtimestamp(instant, PARIS)
    return f"{at.hour}\u00a0h\u00a0{at.minute:02}"
