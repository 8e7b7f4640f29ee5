"""What a handler needs: its unit of work, its caller, and the preconditions of a change, with connexion hidden."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connexion import context
from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis.auth import Caller
from chassis.problems import PreconditionFailed, PreconditionRequired
from chassis.runtime import Runtime
from chassis.settings import Settings

EXTENSION = "bailleurs"


def behind_proxies(app: Flask, settings: Settings) -> None:
    """Sets `request.remote_addr` to the address our outermost proxy saw; earlier entries can be forged by anybody."""
    trusted = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=0, x_host=0)  # type: ignore[method-assign]  # Flask's way


def runtime() -> Runtime:
    here: Runtime = current_app.extensions[EXTENSION]
    return here


def settings() -> Settings:
    return runtime().settings


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's unit of work; inside an idempotent handler, the transaction that also stores the answer."""
    joined: Session | None = g.get("idempotent_session")
    if joined is not None:
        yield joined
        return
    with runtime().transaction() as session:
        yield session


@contextmanager
def read_only() -> Iterator[Session]:
    with runtime().read_only() as session:
        yield session


def caller() -> Caller:
    """The verified caller of a secured operation."""
    claims: dict[str, Any] = context.context["token_info"]
    return Caller.from_claims(claims)


def agent() -> Caller:
    """Raises Forbidden unless a Caf agent calls."""
    return caller().as_agent()


def landlord() -> Caller:
    """Raises Forbidden unless someone of a landlord's organisation calls."""
    return caller().as_landlord()


def etag(version: object) -> str:
    return f'"{version}"'


def require_match(version: object) -> None:
    """RFC 9110 §13.1.1. Raises PreconditionRequired without If-Match, PreconditionFailed for another version."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    if etag(version) not in (part.strip().removeprefix("W/") for part in given.split(",")):
        raise PreconditionFailed
