"""Flask application of identity: its pages and the OpenID provider, sharing one session."""

import logging
from functools import partial

from chassis import pagination
from chassis.http import behind_proxies
from chassis.problems import Problem, Unavailable
from chassis.runtime import Runtime
from flask import Flask, Response, abort, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from webui import Person, install
from webui.errors import render_error
from webui.headers import CONTENT_SECURITY_POLICY
from webui.sessions import SqlSessionInterface
from werkzeug.exceptions import default_exceptions

from identity.crypto.key_derivation import subkey
from identity.domain.first_sign_in import Step
from identity.models import WEB_SESSIONS
from identity.oidc import authorization, endpoints
from identity.oidc.server import Provider
from identity.pages import activity, devices, first_sign_in, information, password_advice, recovery, security, sign_in
from identity.pages import protection as protections
from identity.pages.sending import add_sent_forms
from identity.sessions import known_devices
from identity.sessions.browser import signed_in
from identity.settings import settings_of

SERVICE_NAME = "Espace Partenaires – Mon Compte Partenaire"


def create_pages(runtime: Runtime) -> Flask:
    """Serves /compte, /oidc and /.well-known; needs webui's built static files."""
    settings = settings_of(runtime)
    # authlib logs the tokens it issues at debug level.
    logging.getLogger("authlib").setLevel(logging.INFO)
    app = Flask("identity", static_folder=None, template_folder="templates")
    app.secret_key = subkey(settings, "forms")
    app.config["PREFERRED_URL_SCHEME"] = "https" if settings.is_https else "http"
    app.config["WTF_CSRF_TIME_LIMIT"] = int(settings.session_lifetime.total_seconds())
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.session_interface = web_sessions(runtime)
    app.extensions["bailleurs"] = runtime
    behind_proxies(app, settings)
    install(app, service_name=SERVICE_NAME, user=_person)
    app.before_request(_refuse_nul)
    app.before_request(partial(_bind_cursors, settings.event_key))
    add_sent_forms(app, runtime)
    app.after_request(lambda answer: known_devices.set_cookie(answer, settings))
    # Registered after webui's, hence runs before it: webui only adds missing headers.
    app.after_request(_let_forms_reach_client)
    app.register_error_handler(Problem, _refusal_page)
    for unavailable in (OperationalError, PoolTimeout):
        app.register_error_handler(unavailable, _busy_page)
    app.extensions["oidc"] = Provider(runtime)
    own = (sign_in, devices, first_sign_in, recovery, security, activity, information, password_advice)
    for part in (*own, authorization, endpoints):
        app.register_blueprint(part.blueprint)
    for blueprint in protections.BLUEPRINTS:
        app.register_blueprint(blueprint)
    # Called by programs that authenticate themselves without our cookie, so CSRF does not apply.
    for part in (authorization, endpoints):
        app.extensions["csrf"].exempt(part.blueprint)
    return app


def web_sessions(runtime: Runtime) -> SqlSessionInterface:
    settings = settings_of(runtime)
    return SqlSessionInterface(
        lambda: runtime.single_writes,
        WEB_SESSIONS,
        name="compte",
        secure=settings.is_https,
        reading=lambda: runtime.one_by_one,
        # Idleness is measured on the sign-in session, which token refreshes also extend.
        idle=settings.session_lifetime,
        absolute=settings.session_lifetime,
    )


def purge_web_sessions(runtime: Runtime) -> None:
    web_sessions(runtime).purge()


def _person() -> Person | None:
    found = signed_in()
    if found is None:
        return None
    account_url = "/compte/securite" if found.step is Step.DONE else ""
    return Person(name=found.account.name, sign_out_url="/compte/deconnexion", account_url=account_url)


def _refuse_nul() -> None:
    """Nobody types NUL and PostgreSQL text cannot hold it; the provider handles its own malformed requests."""
    if request.path.startswith("/compte"):
        typed = (value for values in (request.args, request.form) for value in values.values())
        if any("\0" in value for value in typed):
            abort(400)


def _bind_cursors(secret: str) -> None:
    """Binds cursors to the list shown: pages check them as strictly as the API."""
    pagination.of_request(secret, request.path, request.query_string)


def _let_forms_reach_client(answer: Response) -> Response:
    target = session.get("form_target")
    if target:
        answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
            "form-action 'self'", f"form-action 'self' {target}"
        )
    return answer


def _refusal_page(problem: Problem) -> ResponseReturnValue:
    """Generic page for a rule violation that no page handles itself."""
    page, status, _ = render_error(default_exceptions[problem.status]())
    return page, status, problem.headers


def _busy_page(_error: Exception) -> ResponseReturnValue:
    return _refusal_page(Unavailable())
