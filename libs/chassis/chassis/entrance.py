"""At the entrance of an operation: who calls (401), how they stand (403), and only then what they sent (400).

Tokens and bodies are looked at on the event loop, where nothing may wait for a database; how the caller stands is asked
in the handlers' threads. So that it comes first all the same, whoever is about to be refused for what they sent is
asked for first: what is let in costs nothing more.
"""

import asyncio
from typing import Any

from flask import Flask, request
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import account_status
from chassis.runtime import Runtime
from chassis.service import Admission, Service
from chassis.validation import upload_bytes

_ADMITTED = "bailleurs.admitted"


def admission_of(service: Service) -> Admission | None:
    """By the service's own accounts, else by what identity told."""
    return service.admission or (account_status.admit if account_status.is_kept(service.metadata) else None)


class StandingFirst:
    """Around the validation of requests: a refusal from there waits until the caller has been admitted."""

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
    """Admits before every handler."""

    app.before_request(lambda: _admit(runtime, request.environ["asgi.scope"]))


def most_bytes(environ: dict[str, Any], runtime: Runtime) -> int:
    """How long the body may be. Asked before anything of a long one is read: first, how the caller stands."""
    _admit(runtime, environ["asgi.scope"])
    return upload_bytes(environ)


def _admit(runtime: Runtime, scope: Scope) -> None:
    """Raises AccountClosed, RightsMissing; corrects the claims in the request's own context."""
    extensions: dict[str, Any] = scope["extensions"]
    if _ADMITTED in extensions:
        return
    # There are none where nobody is asked who they are: public operations, the contract itself.
    claims, admission = extensions.get("connexion_context", {}).get("token_info"), admission_of(runtime.service)
    if claims and admission is not None:
        admission(runtime, claims)
    extensions[_ADMITTED] = True
