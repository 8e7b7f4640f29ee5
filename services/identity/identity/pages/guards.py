"""Who may open a page: a session that stands at the right step, and nobody else."""

from collections.abc import Callable
from functools import wraps

from flask import redirect
from flask.typing import ResponseReturnValue

from identity.domain.first_sign_in import OutOfOrder, Step
from identity.pages.current import SignedIn, place_of, signed_in

Page = Callable[[SignedIn], ResponseReturnValue]


def at_step(step: Step) -> Callable[[Page], Callable[[], ResponseReturnValue]]:
    """Runs the page only for a session that stands at `step`; anybody else is led where they belong."""

    def decorate(page: Page) -> Callable[[], ResponseReturnValue]:
        @wraps(page)
        def view() -> ResponseReturnValue:
            found = signed_in()
            if found is None or found.step is not step:
                return redirect(place_of(found.step if found else Step.CREDENTIALS), 303)
            try:
                return page(found)
            except OutOfOrder as elsewhere:
                return redirect(place_of(elsewhere.expected), 303)

        return view

    return decorate
