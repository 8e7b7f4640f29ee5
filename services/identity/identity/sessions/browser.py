"""The browser's session: the signed-in person, and where they were going before signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis import clock
from chassis.runtime import Runtime
from flask import current_app, g, request, session, url_for

from identity.domain.first_sign_in import FACTOR_STEPS, Step
from identity.journal.client_address import Origin, browser_name, client_address
from identity.models import Account, SignInSession
from identity.sessions import known_devices
from identity.sessions.commands import Opened, sign_out, touch_session
from identity.sessions.queries import find_open_session, is_seen_lately
from identity.settings import Settings, settings_of

# How long a signed-in person is shown the sign-in form that a client requested.
_ASKED_AGAIN = timedelta(minutes=10)
# Keys of the browser's session: identifiers of the open session and of the sign-in in progress.
_OPEN, _IN_PROGRESS = "sid", "entering"
STEP_VIEWS = {
    Step.CREDENTIALS: "sign_in.connexion",
    Step.INFORMATION: "first_sign_in.information",
    Step.PASSWORD: "first_sign_in.password",
    Step.USAGE_RULES: "first_sign_in.usage_rules",
    Step.TERMS: "first_sign_in.terms",
    Step.EMAIL: "first_sign_in.email",
    Step.SECOND_FACTOR: "second_step.second_factor",
    Step.RENEWAL_FACTOR: "second_step.second_factor",
    Step.PROTECTION: "protection.protect",
}


@dataclass(frozen=True)
class SignedIn:
    opened: SignInSession
    account: Account

    @property
    def session_id(self) -> UUID:
        return self.opened.id

    @property
    def step(self) -> Step:
        return Step(self.opened.step)

    @property
    def proven_at(self) -> datetime | None:
        """When the person last proved their identity with everything the account requires."""
        return self.opened.proven_at


def runtime() -> Runtime:
    here: Runtime = current_app.extensions["bailleurs"]
    return here


def settings() -> Settings:
    return settings_of(runtime())


def request_origin(login: str = "") -> Origin:
    """Origin of the current request, with its device cookie for the account of this login."""
    device = known_devices.shown_cookie(settings(), login) if login else ""
    return Origin(client_address(request), browser_name(request), device)


def signed_in() -> SignedIn | None:
    """This browser's open session, else the sign-in in progress; looked up and marked as seen once per request."""
    if "signed_in" not in g:
        g.signed_in = _look_up(_OPEN) or _look_up(_IN_PROGRESS)
    found: SignedIn | None = g.signed_in
    return found


def sign_in_in_progress() -> SignedIn | None:
    """The sign-in in progress in this browser, which awaits its second factor; `signed_in` then returns it too."""
    found = _look_up(_IN_PROGRESS)
    if found is not None:
        g.signed_in = found
    return found


def remember(opened: Opened) -> None:
    """After signing in: gives the browser's session a new identifier, against session fixation.

    A session already open stays until the new sign-in is complete, so that whoever gives up at the second factor keeps
    it.
    """
    if opened.step in FACTOR_STEPS:
        session[_IN_PROGRESS] = str(opened.id)
    else:
        _replace(opened.id)
    session.rotate()  # type: ignore[attr-defined]  # webui's ServerSession
    g.pop("signed_in", None)


def _replace(session_id: UUID) -> None:
    """Opens the new session and signs out the one it replaces."""
    session.pop(_IN_PROGRESS, None)
    former, session[_OPEN] = session.get(_OPEN), str(session_id)
    if former is not None and former != session[_OPEN]:
        with runtime().transaction() as database:
            sign_out(database, UUID(former))


def require_new_sign_in(asked: str) -> None:
    """The client's request `asked` requires a new sign-in: the form is shown although somebody is signed in. Their
    session stays until then, since anybody can send a browser here with such a request."""
    session["sign_in_again"] = {"for": asked, "since": clock.iso(clock.now())}


def signed_in_again(asked: str, authenticated_at: datetime) -> bool:
    """Whether the person has signed in since this request required it."""
    again = session.get("sign_in_again")
    return again is not None and again["for"] == asked and authenticated_at >= clock.parse(again["since"])


def must_sign_in_again(found: SignedIn) -> bool:
    """Whether a client recently required a new sign-in that has not been done yet."""
    again = session.get("sign_in_again")
    if again is None or found.step is not Step.DONE:
        return False
    since = clock.parse(again["since"])
    return found.opened.authenticated_at < since and clock.now() - since < _ASKED_AGAIN


def sign_out_of_browser() -> None:
    """Signs out of the open session and of a sign-in in progress."""
    with runtime().transaction() as database:
        for kept in (_OPEN, _IN_PROGRESS):
            if kept in session:
                sign_out(database, UUID(session[kept]))
    forget()


def forget() -> None:
    session.clear()
    g.pop("signed_in", None)


def page_of(step: Step) -> str:
    """The page of a step; after the last one, where the person was going, else the portal."""
    if step is not Step.DONE:
        return url_for(STEP_VIEWS[step])
    session.pop("form_target", None)
    # The portal's sign-in then finds the session open and redirects back immediately.
    return str(session.pop("resume", "/connexion"))


def _look_up(kept: str) -> SignedIn | None:
    """The session whose identifier is stored under this key of the browser's session."""
    if kept not in session:
        return None
    with runtime().read_only() as database:
        found = find_open_session(database, UUID(session[kept]))
    if found is None:
        return None
    opened, account = found
    if opened.step == Step.DONE:
        known_devices.recognise(settings(), account)
    if not is_seen_lately(opened.seen_at):
        with runtime().transaction() as database:
            touch_session(database, opened.id)
    return SignedIn(opened, account)
