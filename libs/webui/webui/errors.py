"""Error pages in French: what happened, what to do, and the request number to quote."""

import traceback
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, ServiceUnavailable

from webui.headers import request_id


class Explanation(NamedTuple):
    """`title` is the page's heading; `advice` says what the person can do."""

    title: str
    advice: str


LOGGED_FRAMES = 3
RETRY_SECONDS = 2
# Set in the WSGI environ by the server bridge in place of a body that is too long.
TOO_LARGE = "webui.too_large"
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
EXPLANATIONS = {
    400: Explanation(
        "La demande n’a pas été comprise",
        "Revenez à la page précédente, vérifiez votre saisie, puis recommencez.",
    ),
    403: Explanation(
        "Vous n’avez pas accès à cette page",
        "Si vous pensez devoir y accéder, demandez à l’administrateur de votre organisme, ou appelez votre Caf.",
    ),
    404: Explanation(
        "Page introuvable",
        "Si vous avez saisi l’adresse, vérifiez qu’elle est complète. Sinon, repartez de l’accueil.",
    ),
    405: Explanation(
        "Cette action n’est pas possible ici",
        "Repartez de l’accueil pour refaire votre démarche.",
    ),
    413: Explanation(
        "Le fichier est trop volumineux",
        "Envoyez un fichier plus petit, par exemple en le partageant en plusieurs fichiers.",
    ),
    429: Explanation(
        "Trop d’essais en peu de temps",
        "Patientez quelques minutes avant de recommencer. Votre compte n’est pas bloqué.",
    ),
    500: Explanation(
        "Une erreur est survenue",
        "Ce n’est pas de votre fait. Réessayez dans quelques minutes\u00a0; ce que vous aviez enregistré est conservé.",
    ),
    503: Explanation(
        "Le service est momentanément indisponible",
        "Réessayez dans quelques minutes\u00a0; ce que vous aviez enregistré est conservé.",
    ),
}
EXPIRED_FORM = Explanation(
    "Le formulaire a expiré",
    "Par sécurité, un formulaire resté ouvert longtemps n’est pas accepté\u00a0: rien n’a été envoyé. "
    "Rouvrez-le, reconnectez-vous si on vous le demande, puis recommencez votre saisie.",
)


def explain(error: HTTPException) -> Explanation:
    """The text for an error; a code without its own text gets that of its class (4xx, 5xx)."""
    if isinstance(error, CSRFError):
        return EXPIRED_FORM
    code = error.code or 500
    return EXPLANATIONS.get(code, EXPLANATIONS[400 if code < 500 else 500])


def render_error(error: HTTPException) -> tuple[str, int, dict[str, str]]:
    """Page, status and the headers of the error worth keeping (Allow, Retry-After)."""
    code = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    again = form_address() if isinstance(error, CSRFError) else ""
    shown = {"code": code, "words": explain(error), "request_id": request_id(), "again": again}
    try:
        page = render_template("webui/error.html", **shown)
    except Exception:
        # The menu and the person's name may need what has just failed: the page is then rendered without them.
        g.webui_bare = True
        page = render_template("webui/error.html", **shown)
    return page, code, kept


def form_address() -> str:
    """The page of the form that was sent: its own address, or the page of ours it came from; empty for neither."""
    adapter, sender = current_app.create_url_adapter(request), urlsplit(request.referrer or "")
    pages = (request.path, sender.path if sender.netloc == request.host else "")
    return next((page for page in pages if page and adapter is not None and adapter.test(page, method="GET")), "")


def as_http(error: Exception) -> HTTPException:
    """An unreachable database is a 503, with a retry delay; anything else unexpected is a 500."""
    cause = error.original_exception if isinstance(error, InternalServerError) else error
    if isinstance(cause, DATABASE_AWAY):
        return ServiceUnavailable(retry_after=RETRY_SECONDS)
    return InternalServerError(original_exception=cause)


def log_failures_without_their_words(app: Flask) -> None:
    """Logs the exception's type, place and request, never its message: it could hold personal data."""

    def log_exception(exc_info: tuple[Any, ...]) -> None:
        kind, _message, trace = exc_info
        places = "".join(traceback.format_tb(trace)[-LOGGED_FRAMES:])
        app.logger.error("unexpected %s in request %s\n%s", kind.__name__, request_id(), places)

    app.log_exception = log_exception  # type: ignore[method-assign]  # what Flask calls for each one


def add_errors(app: Flask) -> None:
    """Renders every HTTP error, and an unexpected exception as a 500 once it has been logged."""
    log_failures_without_their_words(app)

    def refuse_too_large() -> None:
        if request.environ.get(TOO_LARGE):
            raise RequestEntityTooLarge

    # Before any other hook: the CSRF check looks for the token in the body.
    app.before_request_funcs.setdefault(None, []).insert(0, refuse_too_large)

    def http_error(error: HTTPException) -> HTTPException | tuple[str, int, dict[str, str]]:
        # A redirect is an HTTPException too.
        return error if error.code is not None and error.code < 400 else render_error(error)

    def unexpected(error: Exception) -> tuple[str, int, dict[str, str]]:
        return render_error(as_http(error))

    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, unexpected)
