"""Who is on the line: the browser's session, and where the person was going before signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis import clock
from chassis.runtime import Runtime
from flask import current_app, g, request, session, url_for

from identity.client_address import Origin, browser_name, client_address
from identity.domain.first_sign_in import FACTOR_STEPS, Step
from identity.models import Account, SignInSession
from identity.pages import device_cookie
from identity.settings import Settings, settings_of
from identity.sign_in import sessions
from identity.sign_in.self_service import sign_out
from identity.sign_in.sessions import Opened

# For how long who is signed in is shown the form of a sign-in that a client asked for.
_ASKED_AGAIN = timedelta(minutes=10)
# What the browser's session keeps: the identifier of the session that is open, and of the one that is being opened.
_OPEN, _ENTERING = "sid", "entering"
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
        """When the person last proved who they are by all that the account asks."""
        return self.opened.proven_at


def runtime() -> Runtime:
    here: Runtime = current_app.extensions["bailleurs"]
    return here


def settings() -> Settings:
    return settings_of(runtime())


def here(login: str = "") -> Origin:
    """Where the request being answered comes from; with what it shows to be known of the account of this login."""
    device = device_cookie.shown(settings(), login) if login else ""
    return Origin(client_address(request), browser_name(request), device)


def signed_in() -> SignedIn | None:
    """The open session of this browser, looked up once per request, and marked as seen; the sign-in under way when
    there is none."""
    if "signed_in" not in g:
        g.signed_in = _look_up(_OPEN) or _look_up(_ENTERING)
    found: SignedIn | None = g.signed_in
    return found


def entering() -> SignedIn | None:
    """The sign-in under way in this browser, whose second factor is still asked: from here on the page is about it."""
    found = _look_up(_ENTERING)
    if found is not None:
        g.signed_in = found
    return found


def remember(opened: Opened) -> None:
    """After signing in: a new identifier for the browser, so that one planted before opens nothing.

    The session that was open there stays until the new one has proven all that its account asks: who gives up at the
    second factor has lost nothing, whoever sent them to the form.
    """
    if opened.step in FACTOR_STEPS:
        session[_ENTERING] = str(opened.id)
    else:
        _replace(opened.id)
    session.rotate()  # type: ignore[attr-defined]  # webui's ServerSession
    g.pop("signed_in", None)


def _replace(session_id: UUID) -> None:
    """What this browser can no longer show to be its own does not stay open behind it."""
    session.pop(_ENTERING, None)
    former, session[_OPEN] = session.get(_OPEN), str(session_id)
    if former is not None and former != session[_OPEN]:
        with runtime().transaction() as database:
            sign_out(database, UUID(former))


def ask_again(asked: str) -> None:
    """The client's request `asked` wants a new sign-in: the page shows its form to who is signed in. Their session
    stays until then, for anybody can send a browser here with such a request."""
    session["sign_in_again"] = {"for": asked, "since": clock.iso(clock.now())}


def signed_in_again(asked: str, authenticated_at: datetime) -> bool:
    """Whether the person has signed in since that very request asked for it."""
    again = session.get("sign_in_again")
    return again is not None and again["for"] == asked and authenticated_at >= clock.parse(again["since"])


def must_sign_in_again(found: SignedIn) -> bool:
    """Whether a client asked for it a while ago, and the person has not done so since."""
    again = session.get("sign_in_again")
    if again is None or found.step is not Step.DONE:
        return False
    since = clock.parse(again["since"])
    return found.opened.authenticated_at < since and clock.now() - since < _ASKED_AGAIN


def leave() -> None:
    """Signs out, of a sign-in that was given up too."""
    with runtime().transaction() as database:
        for kept in (_OPEN, _ENTERING):
            if kept in session:
                sign_out(database, UUID(session[kept]))
    forget()


def forget() -> None:
    session.clear()
    g.pop("signed_in", None)


def place_of(step: Step) -> str:
    """The page of a step; once all is done, where the person was going, else the portal."""
    if step is not Step.DONE:
        return url_for(STEP_VIEWS[step])
    session.pop("form_target", None)
    # The portal's own sign-in then finds the session open and comes straight back.
    return str(session.pop("resume", "/connexion"))


def _look_up(kept: str) -> SignedIn | None:
    """The session whose identifier the browser's keeps under that name."""
    if kept not in session:
        return None
    with runtime().read_only() as database:
        found = sessions.find_open(database, UUID(session[kept]))
    if found is None:
        return None
    opened, account = found
    if opened.step == Step.DONE:
        device_cookie.recognise(settings(), account)
    if not sessions.is_seen_lately(opened.seen_at):
        with runtime().transaction() as database:
            sessions.touch(database, opened.id)
    return SignedIn(opened, account)
