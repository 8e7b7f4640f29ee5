"""The application of the child process: the three services behind the outermost layer, and the bare handlers."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis import tracing
from chassis.auth import KeySource
from chassis.bridge import WsgiBridge
from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.webapp import create_api
from launcher.services import load
from runner import logs
from runner.asgi import Edge
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tools.bench.http.bare import Bare, application

GIVEN = "BAILLEURS_BENCH_GIVEN"


@dataclass(frozen=True)
class Given:
    """What the child needs of its parent; written into a file."""

    settings: list[Settings]
    keys: dict[str, Any]
    bare: list[Bare]


def build() -> ASGIApp:
    file = Path(os.environ[GIVEN])
    given: Given = pickle.loads(file.read_bytes())  # noqa: S301 - written by our parent
    logs.configure()
    tracing.configure("bench")
    keys = KeySource(lambda: given.keys)
    keys.refresh()
    runtimes = [Runtime(load(one.service), one) for one in given.settings]
    edge = Edge({one.service.base_path: create_api(one, keys) for one in runtimes}, checks={})
    bare = WsgiBridge(application(given.bare, {one.service: one.database_url for one in given.settings}).wsgi_app, 16)
    file.with_suffix(".pid").write_text(str(os.getpid()))

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == "/oidc/jwks":
            # The gateway asks identity for them, which has another application for its pages.
            await JSONResponse(given.keys)(scope, receive, send)
            return
        await (bare if path.startswith("/bare/") else edge)(scope, receive, send)

    return dispatch
