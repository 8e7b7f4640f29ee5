"""Builds a service's HTTP application from ``openapi.yaml``. Only this, `operations`, `validation` and `http` import
connexion."""

from functools import partial
from typing import Any

import connexion
import orjson
import structlog
import yaml
from connexion.exceptions import NonConformingResponse, ProblemException
from connexion.frameworks.flask import FlaskJSONProvider
from connexion.lifecycle import ConnexionResponse
from connexion.spec import OpenAPISpecification
from marshmallow import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from chassis import auth, entrance, http, intake, operations, problems
from chassis.answers import log_unexpected
from chassis.auth import KeySource
from chassis.bridge import WsgiBridge
from chassis.problems import MEDIA_TYPE, Problem
from chassis.runtime import Runtime
from chassis.token_memory import TokenMemory
from chassis.validation import validators

log = structlog.get_logger()


def _leave_to_tests(_cls: type, _spec: Any) -> None:
    """connexion only has the schema of OpenAPI 3.0; ours are 3.1 and a test checks them with a 3.1 validator."""


OpenAPISpecification._validate_spec = classmethod(_leave_to_tests)


class OrjsonProvider(FlaskJSONProvider):  # type: ignore[misc]  # connexion ships no types
    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return orjson.loads(s)


def create_api(runtime: Runtime, keys: KeySource) -> ASGIApp:
    """The service's API as an ASGI application, at its full public paths (``/api/<service>/v1/…``)."""
    service, settings = runtime.service, runtime.settings
    # A response that breaks the contract is our bug: it fails tests, not people's requests.
    validate_responses = settings.environment == "test"
    app = connexion.FlaskApp(
        service.name,
        specification_dir=service.resource("openapi.yaml").parent,
        middlewares=operations.middlewares(
            partial(entrance.StandingFirst, runtime=runtime), validate_responses=validate_responses
        ),
    )
    # Flask would match paths that connexion's routing did not, and the handler would run without its operation.
    app.app.url_map.merge_slashes = False
    # Parses a body as validation did, and none too deep for Python's own parser.
    app.app.json = OrjsonProvider(app.app)
    # libyaml's parser takes a tenth of the time; both are safe loaders.
    contract = yaml.load(service.resource("openapi.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    app.add_api(
        _without_problem_responses(contract),
        base_path=service.base_path,
        jsonifier=operations.OrjsonJsonifier(),
        strict_validation=True,
        validate_responses=validate_responses,
        validator_map=validators(settings),
        security_map=_security(runtime, keys),
    )
    app.app.extensions[http.EXTENSION] = runtime
    app.app.add_url_rule(f"{service.base_path}/openapi.json", "openapi", lambda: contract)
    entrance.guard(app.app, runtime)
    http.behind_proxies(app.app, settings)
    # connexion offers no argument for the bridge (https://github.com/spec-first/connexion/issues/1979).
    app._middleware_app.asgi_app = WsgiBridge(
        app.app.wsgi_app, settings.http_threads, most_bytes=partial(entrance.most_bytes, runtime=runtime)
    )
    for error, handler in _HANDLERS.items():
        app.add_error_handler(error, handler)
    return intake.prepared(app, settings)


def _without_problem_responses(contract: Any) -> Any:
    """Drops problem responses (never returned by handlers): with two media types, connexion makes handlers name one."""
    if isinstance(contract, dict):
        return {name: _without_problem_responses(part) for name, part in contract.items() if name != MEDIA_TYPE}
    return [_without_problem_responses(part) for part in contract] if isinstance(contract, list) else contract


def _security(runtime: Runtime, keys: KeySource) -> dict[str, Any]:
    memory = TokenMemory(keys, runtime.settings)

    def claims_of(token: str, required_scopes: list[str]) -> dict[str, Any]:
        claims = memory.verify(token)
        auth.check_scope(claims, required_scopes)
        return claims

    async def after_refresh(token: str, required_scopes: list[str]) -> dict[str, Any]:
        await keys.refreshed()
        return claims_of(token, required_scopes)

    def check(token: str, required_scopes: list[str]) -> operations.Checked:
        return (claims_of if keys.fresh() else after_refresh)(token, required_scopes)

    return {"bearer": operations.bearer(check)}


def _answer(problem: Problem) -> ConnexionResponse:
    return ConnexionResponse(
        status_code=int(problem.status),
        body=orjson.dumps(problem.to_json()),
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def _on_http(_request: Any, error: HTTPException) -> ConnexionResponse:
    """Errors raised by Flask, Starlette or connexion: 404, 405, 413, 415, missing authorization…"""
    if isinstance(error, NonConformingResponse):
        # Only where responses are checked, in tests: elsewhere the detail could show personal data.
        log.error("answer breaks the contract", detail=error.detail)
    problem = problems.for_status(error.status_code)
    # RFC 9110 §15.5.6: a 405 lists the allowed methods.
    problem.headers |= {name: value for name, value in (error.headers or {}).items() if name == "Allow"}
    return _answer(problem)


def _on_database(_request: Any, error: Exception) -> ConnexionResponse:
    log.error("database not available", error=type(error).__name__)
    return _answer(problems.Unavailable())


def _on_unexpected(_request: Any, error: Exception) -> ConnexionResponse:
    log_unexpected(error)
    return _answer(Problem())


_HANDLERS: dict[type[Exception], Any] = {
    Problem: lambda _request, error: _answer(error),
    # A body that the contract accepts and a marshmallow schema refuses.
    ValidationError: lambda _request, error: _answer(problems.invalid(error.messages_dict)),
    ProblemException: _on_http,
    HTTPException: _on_http,
    OperationalError: _on_database,
    InterfaceError: _on_database,
    PoolTimeout: _on_database,
    Exception: _on_unexpected,
}
