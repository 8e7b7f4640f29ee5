"""What a person sees when a service refuses or does not answer, unless the page handles it."""

from flask import Flask, render_template, request, session
from flask.typing import ResponseReturnValue
from webui.errors import RETRY_SECONDS
from webui.headers import request_id
from werkzeug.exceptions import HTTPException, NotFound, ServiceUnavailable, TooManyRequests, default_exceptions

from portal.clients.errors import Refused, Unavailable
from portal.sign_in.person import sign_in_page
from portal.sign_in.tokens import SignedOut


def refused(error: Refused) -> ResponseReturnValue | HTTPException:
    """401 leads to sign-in; other refusals show the service's own message where there is one."""
    if error.status == 401:
        return signed_out(SignedOut())
    if error.status == 404:
        return NotFound()
    if error.status == 429:
        return TooManyRequests(retry_after=int(error.retry_after) if error.retry_after.isdigit() else None)
    if not error.detail:
        return default_exceptions.get(error.status, ServiceUnavailable)()
    page = render_template("refused.html", detail=error.detail, back=request.path, request_id=request_id())
    return page, error.status


def unavailable(_error: Unavailable) -> HTTPException:
    """The page 503."""
    return ServiceUnavailable(retry_after=RETRY_SECONDS)


def signed_out(_error: SignedOut) -> ResponseReturnValue:
    """Clears the session, then asks to sign in and returns here."""
    session.clear()
    answer: ResponseReturnValue = sign_in_page()
    return answer


def add_error_handlers(app: Flask) -> None:
    """Registers them; werkzeug's exceptions are then shown by webui's error pages."""

    def shown(answer: ResponseReturnValue | HTTPException) -> ResponseReturnValue:
        return app.handle_user_exception(answer) if isinstance(answer, HTTPException) else answer

    app.register_error_handler(Refused, lambda error: shown(refused(error)))
    app.register_error_handler(Unavailable, lambda error: shown(unavailable(error)))
    app.register_error_handler(SignedOut, signed_out)
