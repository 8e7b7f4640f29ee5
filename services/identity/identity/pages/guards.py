"""Page guards: only a session at the right step may open a page."""

from collections.abc import Callable
from functools import wraps

from chassis import clock
from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from webui.sent_forms import led_elsewhere

from identity.domain.first_sign_in import FACTOR_STEPS, OutOfOrder, Step
from identity.sessions.browser import SignedIn, entering, place_of, settings, signed_in

Page = Callable[..., ResponseReturnValue]


def at_step(*steps: Step) -> Callable[[Page], Page]:
    """Runs the page only for a session at one of `steps`; others are redirected to their own step.

    Pages of the second factor use the sign-in in progress, all others the open session.
    """
    found_by = entering if set(steps) <= set(FACTOR_STEPS) else signed_in

    def decorate(page: Page) -> Page:
        @wraps(page)
        def view(**parts: object) -> ResponseReturnValue:
            found = found_by() or signed_in()
            if found is None or found.step not in steps:
                led_elsewhere()
                return redirect(place_of(found.step if found else Step.CREDENTIALS), 303)
            try:
                return page(found, **parts)
            except OutOfOrder as elsewhere:
                led_elsewhere()
                return redirect(place_of(elsewhere.expected), 303)

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
