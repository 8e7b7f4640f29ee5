"""What one reads after too many tries."""

from collections.abc import Callable
from math import ceil

from chassis.problems import TooManyRequests
from flask.typing import ResponseReturnValue
from webui.forms import PageForm


def too_many(form: PageForm, refused: TooManyRequests, page: Callable[[], str]) -> ResponseReturnValue:
    """The page again with how long to wait, and the header that says so to programs."""
    seconds = int(refused.headers["Retry-After"])
    wait = "une minute" if seconds <= 60 else f"{ceil(seconds / 60)} minutes"
    form.fail(f"Il y a eu trop d’essais. Patientez {wait} avant de recommencer. Votre compte n’est pas bloqué.")
    return page(), 429, {"Retry-After": str(seconds)}
