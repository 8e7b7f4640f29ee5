"""
Forms that create, send or start something act once, whatever the browser sends again.

Each sending is a row: whose, which form with which content (a keyed hash), under which key, and where it led. The same
page again (a second click, « back » and « Valider ») leads to what the first did; the same content from another page
within the hour asks whether a second one is meant. A sending whose end nobody knows is taken up again under its own
key, by which the service answers as it did.

Passwords and codes are neither kept nor hashed, not even with a key: few are the codes that can be typed, and a hash
that says whether two passwords are the same is one thing more to steal. A form with nothing else in it is known by its
page's key alone.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

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

from webui.typography import PARIS

# Fields that differ from one sending of the same content to the next.
KEY, AGAIN = "key", "again"
# Whose the form is, see `webui.kept_forms`.
MARK = "page_mark"
OWN_FIELDS = frozenset({"csrf_token", KEY, AGAIN, MARK})
# How long the same content is asked about, and how long a page's key leads to what it did.
ASKED_SECONDS = 3600
KEPT_SECONDS = 24 * 3600
SENDING, DONE = "sending", "done"
# Of a form known by its page alone: nobody knows whether the same was typed.
UNREAD = "Cette page a déjà servi (à {})\u00a0: ce que vous venez d’y saisir n’a pas été lu, et rien n’a été refait."
REPLAYED = "C’est déjà enregistré (à {})\u00a0: rien n’a été envoyé une deuxième fois."


def sent_form_table(metadata: MetaData, name: str = "sent_form") -> Table:
    """The table; instants are seconds since 1970 (UTC). Nothing of what was typed is in it."""
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
    """The key under which the service is asked: the page's own, or that of the first sending of the same content."""
    return str(g.get("sent_form_key") or page_key or uuid.uuid4())


def led_elsewhere() -> None:
    """The answer to come redirects though nothing was done."""
    g.sent_form_left = True


def done_at(location: str) -> None:
    """The answer to come is a page that is shown once: the same form sent again leads to `location`."""
    g.sent_form_location = location


@dataclass
class SentForms:
    """
    `acts`: endpoint -> what it does, in the infinitive; only their POSTs are looked at.

    `owner` says whose request it is, empty for nobody; `left` tells that an answer is no success though it redirects.
    `secrets`: the fields that are neither kept nor hashed, and their labels. `alone` lets one sending of an owner in at
    a time, for acts that no service would recognise by their key.
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
        """After CSRF protection, so that a forged request reads nothing here."""
        key = app.secret_key or ""
        self.secret = key if isinstance(key, bytes) else key.encode()
        app.before_request(self.before)
        app.after_request(self.after)
        app.teardown_request(self.leave)

    def before(self) -> ResponseReturnValue | None:
        """None lets the view run; otherwise the answer in its place."""
        if request.method != "POST" or request.endpoint not in self.acts or not self.owner():
            return None
        # An act may change whose request it is: who signs in.
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
        """A redirection is the success of a form; a refusal leaves no trace; of a failure nobody knows the end."""
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
        """Lets the next sending in, once this one's end is written."""
        turn = g.pop("sent_form_turn", None)
        if turn is not None:
            turn.close()

    def content(self) -> str:
        """A keyed hash of the address and of all that was typed or chosen, files included; secrets are left out."""
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
        """Reserves the content; when another request did just before, its key is taken."""
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
        """« Vous venez de le faire: recommencer? », with what was typed ready to be sent again by a button."""
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
        """The newest row of the person, unless it is too old to count."""
        since = int(self.now()) - KEPT_SECONDS
        mine = select(self.table).where(self.table.c.owner == g.sent_form_owner, self.table.c.at > since, condition)
        with self.engine().connect() as connection:
            return connection.execute(mine.order_by(self.table.c.at.desc()).limit(1)).first()

    def mine(self, content: str) -> tuple[Any, Any]:
        """The conditions of one row."""
        return self.table.c.owner == g.sent_form_owner, self.table.c.content == content

    def remove(self, content: str) -> None:
        """Forgets a sending."""
        with self.engine().begin() as connection:
            connection.execute(delete(self.table).where(*self.mine(content)))

    def typed(self) -> list[str]:
        """The names of what may be read again, in their order: browsers may send fields in theirs."""
        return sorted(name for name in request.form if not is_own(name) and name not in self.secrets)

    def typed_parts(self) -> Iterator[str]:
        """Names and values."""
        for name in self.typed():
            yield name
            yield from request.form.getlist(name)

    def is_unread(self) -> bool:
        """Whether a secret is all that was typed."""
        return not self.typed() and any(name in self.secrets for name in request.form)

    def purge(self) -> int:
        """Deletes what no longer counts; for a periodic job."""
        old = delete(self.table).where(self.table.c.at <= int(self.now()) - KEPT_SECONDS)
        with self.engine().begin() as connection:
            return connection.execute(old).rowcount


def address_hash() -> str:
    """Which form: addresses hold identifiers, the table does not."""
    return hashlib.sha256(request.full_path.encode()).hexdigest()


def is_own(name: str) -> bool:
    """Whether a field is of the page, not of what was typed; a form with a prefix has it before the name."""
    return name.rpartition("-")[2] in OWN_FIELDS


def page_key() -> str:
    """The key of the page that sent the form; empty when it has none."""
    return next((value for name, value in request.form.items() if name.rpartition("-")[2] == KEY), "")[:64]


def hour(instant: int) -> str:
    """`10 h 42`, in Paris."""
    at = datetime.fromtimestamp(instant, PARIS)
    return f"{at.hour}\u00a0h\u00a0{at.minute:02}"
