"""Order of the checks before an operation: the caller (401), the account's status (403), then the request (400).

Tokens and bodies are checked on the event loop, where nothing may wait for a database; the account's status is read in
the handlers' threads. To keep the order, the status is checked before a validation refusal is sent; a valid request
costs nothing more.
"""

import asyncio
from typing import Any

from flask import Flask, request
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import account_status
from chassis.runtime import Admission, Runtime, Service
from chassis.validation import upload_bytes

_ADMITTED = "bailleurs.admitted"


def admission_of(service: Service) -> Admission | None:
    """Admission by the service's own accounts, else by the copy of identity's account status."""
    return service.admission or (account_status.admit if account_status.is_kept(service.metadata) else None)


class StandingFirst:
    """Wraps request validation: a validation error is raised only once the caller has been admitted."""

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self._app, self._runtime = app, runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            if _ADMITTED not in scope.get("extensions", {}):
                await asyncio.to_thread(_admit, self._runtime, scope)
            raise


def guard(app: Flask, runtime: Runtime) -> None:
    """Runs the admission before every handler."""

    app.before_request(lambda: _admit(runtime, request.environ["asgi.scope"]))


def most_bytes(environ: dict[str, Any], runtime: Runtime) -> int:
    """The limit of the body's length. Checks the account's status first, before anything of a long body is read."""
    _admit(runtime, environ["asgi.scope"])
    return upload_bytes(environ)


def _admit(runtime: Runtime, scope: Scope) -> None:
    """Raises AccountClosed, RightsMissing; corrects the claims in the request's own context."""
    extensions: dict[str, Any] = scope["extensions"]
    if _ADMITTED in extensions:
        return
    # No claims on operations without authentication: public operations, the contract itself.
    claims, admission = extensions.get("connexion_context", {}).get("token_info"), admission_of(runtime.service)
    if claims and admission is not None:
        admission(runtime, claims)
    extensions[_ADMITTED] = True
