"""The page shown after too many attempts."""

from collections.abc import Callable
from math import ceil

from chassis.problems import TooManyRequests
from flask.typing import ResponseReturnValue
from webui.forms import PageForm

from identity.throttling import UnknownDevice

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
