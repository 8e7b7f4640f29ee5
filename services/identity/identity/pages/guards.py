"""Page guards: only a session at the right step may open a page, and too many attempts have to wait."""

from collections.abc import Callable
from functools import wraps
from math import ceil

from chassis import clock
from chassis.problems import TooManyRequests
from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from webui.forms import PageForm
from webui.sent_forms import led_elsewhere

from identity.domain.first_sign_in import FACTOR_STEPS, OutOfOrder, Step
from identity.sessions.browser import SignedIn, page_of, settings, sign_in_in_progress, signed_in
from identity.throttling.attempts import UnknownDevice

Page = Callable[..., ResponseReturnValue]


def at_step(*steps: Step) -> Callable[[Page], Page]:
    """Runs the page only for a session at one of `steps`; others are redirected to their own step.

    Pages of the second factor use the sign-in in progress, all others the open session.
    """
    found_by = sign_in_in_progress if set(steps) <= set(FACTOR_STEPS) else signed_in

    def decorate(page: Page) -> Page:
        @wraps(page)
        def view(**parts: object) -> ResponseReturnValue:
            found = found_by() or signed_in()
            if found is None or found.step not in steps:
                led_elsewhere()
                return redirect(page_of(found.step if found else Step.CREDENTIALS), 303)
            try:
                return page(found, **parts)
            except OutOfOrder as elsewhere:
                led_elsewhere()
                return redirect(page_of(elsewhere.expected), 303)

        return view

    return decorate


def recently_proven(page: Page) -> Page:
    """Placed below `at_step`: requires a recent proof of identity (ASVS 7.5.1), then returns to the page."""

    @wraps(page)
    def view(found: SignedIn, **parts: object) -> ResponseReturnValue:
        if found.proven_at is None or clock.now() - found.proven_at > settings().recent_proof:
            led_elsewhere()
            # A POST is not repeated: the person returns to the account page.
            session["after_proof"] = request.path if request.method == "GET" else url_for("security.account")
            return redirect(url_for("proof.prove"), 303)
        return page(found, **parts)

    return view


UNKNOWN_DEVICE = (
    "Il y a eu trop d’essais depuis des appareils que ce compte ne connaît pas. Votre compte n’est pas bloqué\u00a0: "
    "recevez un lien par courriel, utilisez une clé d’accès, ou demandez un nouveau mot de passe provisoire."
)


def too_many(form: PageForm, refused: TooManyRequests, page: Callable[[], str]) -> ResponseReturnValue:
    """Renders the page with the wait, and sets Retry-After."""
    seconds = int(refused.headers["Retry-After"])
    wait = "une minute" if seconds <= 60 else f"{ceil(seconds / 60)} minutes"
    patience = f"Il y a eu trop d’essais. Patientez {wait} avant de recommencer. Votre compte n’est pas bloqué."
    form.fail(UNKNOWN_DEVICE if isinstance(refused, UnknownDevice) else patience)
    return page(), 429, {"Retry-After": str(seconds)}
