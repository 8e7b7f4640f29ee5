"""
Restores what was typed in an expired form: sealed, kept for an hour, given back to the account that typed it.

Each form carries a mark signed by the server: its account and the page that shows it. Without a valid mark nothing is
kept, so that strangers cannot fill the table. The page is filled in again only once that account has signed in; only
the person can send it.
"""

import hashlib
import hmac
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypedDict

from chassis.sealing import SealBroken
from flask import Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup
from sqlalchemy import BigInteger, Column, Engine, Index, MetaData, String, Table, Text, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict

from webui.errors import form_address, render_error
from webui.sent_forms import KEY, MARK, hour, is_own

KEPT_SECONDS = 3600
# Longer than a session: a form may stay open overnight.
MARK_SECONDS = 24 * 3600
# Limit of the sealed content. A page of fifty grid rows takes a quarter of it.
MOST_BYTES = 64 * 1024
# Limit per account; the oldest is deleted first.
MOST_ROWS = 10
NEVER = re.compile(r"pass(word|key|phrase)|mot_de_passe|secret|otp", re.IGNORECASE)
EXTENSION = "webui_kept_forms"
# Session keys: until when there may be something to restore; what this browser left before the next sign-in.
UNTIL, LEFT_HERE = "kept_until", "kept_here"


class Mark(NamedTuple):
    """`owner`: a keyed hash of the account; `page`: where the form is shown."""

    owner: str
    page: str


@dataclass
class KeptForm:
    """What a page restores. `endpoint` is where the form was sent, `note` what the page adds to the notice."""

    endpoint: str
    fields: MultiDict[str, str]
    file: bool
    shown: bool = False
    note: str = ""


class Sealed(TypedDict):
    """What is sealed of a form; `fields`: pairs, as JSON, compressed."""

    endpoint: str | None
    fields: str
    file: bool


def kept_form_table(metadata: MetaData, name: str = "kept_form") -> Table:
    """The table; instants are seconds since 1970 (UTC). Owner and URL are keyed hashes, the content is sealed."""
    return Table(
        name,
        metadata,
        Column("owner", String(64), primary_key=True),
        Column("address", String(64), primary_key=True),
        Column("sealed", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Index(f"ix_{name}_at", "at"),
    )


def kept_form() -> KeptForm | None:
    """What is restored on this page; None on nearly all."""
    found: KeptForm | None = g.get("kept_form")
    return found


def kept_fields() -> MultiDict[str, str] | None:
    """The fields of `kept_form`, marked as shown from then on."""
    found = kept_form()
    if found is None:
        return None
    found.shown = True
    return found.fields


def mark_field() -> Markup:
    """The hidden field with the form's mark; empty when nobody is signed in, or where nothing is kept."""
    found: KeptForms | None = current_app.extensions.get(EXTENSION)
    return found.mark_field() if found else Markup("")


def notice() -> dict[str, object]:
    """For the layout: what was restored, and the link that deletes it."""
    found = kept_form()
    return {"kept_form": found, "kept_drop": url_for(keeper().drop) if found else ""}


def keeper() -> "KeptForms":
    """The application's own."""
    found: KeptForms = current_app.extensions[EXTENSION]
    return found


@dataclass
class KeptForms:
    """
    `seal` and `unseal` use the application's own key; `owner` gives the request's account, empty for nobody.

    `not_kept`: endpoint -> why nothing sent there is kept. `drop`: the endpoint that deletes at once.
    `left` tells whether a response is not a success although it redirects.
    """

    engine: Callable[[], Engine]
    table: Table
    seal: Callable[[Sealed], str]
    unseal: Callable[[str], Mapping[str, Any]]
    owner: Callable[[], str]
    not_kept: Mapping[str, str]
    drop: str
    left: Callable[[Response], bool]
    now: Callable[[], float] = lambda: datetime.now(UTC).timestamp()

    def install(self, app: Flask) -> None:
        """Installed after CSRF protection, whose refusals it handles."""
        self.secret = str(app.secret_key).encode()
        self.signer = URLSafeTimedSerializer(self.secret, salt="webui.kept_forms")
        app.extensions[EXTENSION] = self
        app.before_request(self.before)
        app.after_request(self.after)
        app.register_error_handler(CSRFError, self.refused)

    def mark_field(self) -> Markup:
        """The hidden field of a form; empty when nobody is signed in."""
        owner = self.owner()
        if not owner:
            return Markup("")
        token = str(self.signer.dumps([self.hashed("owner", owner), self.page()]))
        return Markup('<input type="hidden" name="{}" value="{}">').format(MARK, token)

    def page(self) -> str:
        """The page of this response's forms: a page rendered by a POST counts as that of the form that was sent."""
        if request.method == "POST":
            mark = self.own_mark()
            return mark.page if mark else form_address()
        return request.full_path.rstrip("?")

    def mark(self) -> Mark | None:
        """The mark of the form that was sent; None when missing, forged or too old."""
        try:
            owner, page = self.signer.loads(request.form.get(MARK, ""), max_age=MARK_SECONDS)
        except (BadData, ValueError, TypeError):
            return None
        # Browsers read `//name` as another site.
        return Mark(str(owner), "/" + str(page).lstrip("/") if page else "")

    def own_mark(self) -> Mark | None:
        """The mark, if it belongs to the signed-in account."""
        mark, owner = self.mark(), self.owner()
        return mark if mark and owner and mark.owner == self.hashed("owner", owner) else None

    def hashed(self, use: str, text: str) -> str:
        """A keyed hash, so that the table reveals neither accounts nor URLs."""
        return hmac.new(self.secret, f"kept form {use}\0{text}".encode(), hashlib.sha256).hexdigest()

    def refused(self, error: CSRFError) -> ResponseReturnValue:
        """The CSRF token is of another session: keeps the form, then restores it at once or after sign-in."""
        mark = self.mark()
        if mark is None:
            return render_error(error)
        if self.owner() and self.own_mark() is None:
            return self.expired_page(mark, self.keep(mark), another=True)
        kept = self.keep(mark)
        if self.owner() and kept == "kept" and mark.page:
            self.await_until(int(self.now()) + KEPT_SECONDS)
            g.kept_just_now = True
            return redirect(mark.page, 303)
        return self.expired_page(mark, kept)

    def signed_out(self) -> ResponseReturnValue | None:
        """The response to a form whose session has ended; None when there was nothing to keep."""
        mark = self.mark()
        kept = self.keep(mark) if mark else "nothing"
        return self.expired_page(mark, kept) if mark and kept != "nothing" else None

    def way_back(self) -> str:
        """Where to go after sign-in: this page, or the page of the form that was sent."""
        mark = self.mark() if request.method == "POST" else None
        return mark.page if mark and mark.page else request.full_path.rstrip("?")

    def keep(self, mark: Mark) -> str:
        """Stores what was typed: `kept`, `nothing` or `too_long`."""
        names = [name for name in request.form if is_kept(name)]
        if not names or request.endpoint in self.not_kept:
            return "nothing"
        fields = [[name, value] for name in names for value in request.form.getlist(name)]
        packed = b64encode(zlib.compress(json.dumps(fields).encode())).decode()
        file = any(one.filename for one in request.files.values())
        sealed = self.seal({"endpoint": request.endpoint, "fields": packed, "file": file})
        if len(sealed) > MOST_BYTES:
            return "too_long"
        address = self.hashed("page", mark.page)
        self.store(mark.owner, address, sealed)
        if not self.owner():
            session[LEFT_HERE] = [*session.get(LEFT_HERE, []), [mark.owner, address]][-MOST_ROWS:]
        return "kept"

    def store(self, owner: str, address: str, sealed: str) -> None:
        """Keeps the latest per URL and the newest per account."""
        mine, columns = self.table.c.owner == owner, self.table.c
        row = {"owner": owner, "address": address, "sealed": sealed, "at": int(self.now())}
        try:
            with self.engine().begin() as connection:
                connection.execute(delete(self.table).where(mine, columns.address == address))
                connection.execute(insert(self.table).values(row))
                newest = select(columns.address).where(mine).order_by(columns.at.desc()).limit(MOST_ROWS)
                kept = connection.scalars(newest).all()
                connection.execute(delete(self.table).where(mine, columns.address.not_in(kept)))
        except IntegrityError:
            # A concurrent submission of the same form won: that one is kept.
            return

    def expired_page(self, mark: Mark, kept: str, *, another: bool = False) -> ResponseReturnValue:
        """« Le formulaire a expiré », what became of what was typed, and what to do next."""
        page = render_template(
            "webui/expired_form.html",
            kept=kept,
            until=hour(int(self.now()) + KEPT_SECONDS),
            another=another,
            file=any(one.filename for one in request.files.values()),
            signed_in=bool(self.owner()),
            again=mark.page,
        )
        return page, 400

    def came_back(self, left_here: Any) -> bool:
        """
        Call at each sign-in, with the session's LEFT_HERE value from before it was emptied.

        Deletes what another account left in this browser, and then returns False.
        """
        mine = self.hashed("owner", self.owner())
        others = [(owner, address) for owner, address in left_here or () if owner != mine]
        columns = self.table.c
        with self.engine().begin() as connection:
            for owner, address in others:
                connection.execute(delete(self.table).where(columns.owner == owner, columns.address == address))
            newest = connection.scalar(select(func.max(columns.at)).where(columns.owner == mine))
        if newest is not None and newest + KEPT_SECONDS > self.now():
            self.await_until(newest + KEPT_SECONDS)
        return not others

    def await_until(self, instant: int) -> None:
        """Pages look for something to restore only until then: very few sessions ever have any."""
        session[UNTIL] = max(instant, session.get(UNTIL, 0))

    def before(self) -> None:
        """Finds what the requested page restores."""
        if request.method != "GET" or session.get(UNTIL, 0) <= self.now() or not self.owner():
            return
        mine, page = self.hashed("owner", self.owner()), request.full_path.rstrip("?")
        columns = self.table.c
        found = select(columns.sealed).where(
            columns.owner == mine,
            columns.address == self.hashed("page", page),
            columns.at > int(self.now()) - KEPT_SECONDS,
        )
        with self.engine().connect() as connection:
            sealed = connection.scalar(found)
        if sealed is None:
            return
        with suppress(SealBroken):
            # SealBroken when the installation's key was changed meanwhile.
            g.kept_form = self.opened(sealed)

    def opened(self, sealed: str) -> KeptForm:
        """Raises SealBroken."""
        kept = self.unseal(sealed)
        fields = json.loads(zlib.decompress(b64decode(kept["fields"])))
        return KeptForm(kept["endpoint"], MultiDict((name, value) for name, value in fields), kept["file"])

    def after(self, answer: Response) -> Response:
        """Deletes what was kept once the form was sent successfully."""
        if request.method == "POST" and answer.status_code in (302, 303) and not self.left(answer):
            self.consume()
        return answer

    def consume(self) -> None:
        """Deletes what is kept for the form that was sent."""
        if session.get(UNTIL, 0) > self.now() and not g.get("kept_just_now") and (mark := self.own_mark()):
            columns = self.table.c
            gone = delete(self.table).where(
                columns.owner == mark.owner, columns.address == self.hashed("page", mark.page)
            )
            with self.engine().begin() as connection:
                connection.execute(gone)

    def purge(self) -> int:
        """Deletes rows older than an hour; for a periodic job."""
        old = delete(self.table).where(self.table.c.at <= int(self.now()) - KEPT_SECONDS)
        with self.engine().begin() as connection:
            return connection.execute(old).rowcount


def is_kept(name: str) -> bool:
    """
    Whether a field is kept: not the page's own fields, nor possible secrets.

    The idempotency key is kept, so that an action already done is not repeated an hour later.
    """
    return (not is_own(name) or name.rpartition("-")[2] == KEY) and not NEVER.search(name)
