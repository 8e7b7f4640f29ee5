"""connexion's operations, with what each needs built once; connexion builds it again for every request.

Its uri parsers, validators and decorators depend on the contract only
(https://github.com/spec-first/connexion/issues/2077). Same classes, same order, same answers.
"""

from collections.abc import Callable, Coroutine
from functools import cached_property, partial, wraps
from typing import Any

import orjson
from connexion.apps.flask import FlaskOperation
from connexion.context import operation as current_operation
from connexion.decorators import FlaskDecorator
from connexion.decorators.parameter import SyncParameterDecorator, get_arguments, unwrap_decorators
from connexion.jsonifier import Jsonifier
from connexion.middleware import ConnexionMiddleware
from connexion.middleware.request_validation import (
    RequestValidationAPI,
    RequestValidationMiddleware,
    RequestValidationOperation,
)
from connexion.middleware.response_validation import ResponseValidationMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from connexion.security import NO_VALUE, BearerSecurityHandler
from connexion.utils import inspect_function_arguments, is_nullable
from starlette.types import ASGIApp, Receive, Scope, Send


class OrjsonJsonifier(Jsonifier):  # type: ignore[misc]  # connexion ships no types
    """Bytes, written once; money and UUIDs are written as strings."""

    def dumps(self, data: Any, **_options: Any) -> bytes:
        return orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)

    loads = staticmethod(orjson.loads)


class _Arguments(SyncParameterDecorator):  # type: ignore[misc]  # connexion ships no types
    """connexion's arguments of a handler, from the operation itself instead of a proxy asked thirty times."""

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        names, every = inspect_function_arguments(unwrap_decorators(function))

        @wraps(function)
        def wrapper(request: Any) -> Any:
            operation, body = current_operation._get_current_object(), None
            if operation.is_request_body_defined and (every or "body" in names):
                body = request.get_body()
            found = get_arguments(
                operation,
                path_params=request.path_params,
                query_params=request.query_params,
                body=body,
                files=request.files() if request.content_length else {},
                arguments=names,
                has_kwargs=every,
                sanitize=self.sanitize_fn,
                content_type=request.mimetype,
            )
            # What the token's check left, for a handler that asks for it.
            found |= {name: value for name, value in request.context.items() if every or name in names}
            return function(**found)

        return wrapper


class _Decorator(FlaskDecorator):  # type: ignore[misc]  # connexion ships no types
    """Decorates a handler when it is first called, in the context of its operation."""

    @property
    def _parameter_decorator_cls(self) -> type[_Arguments]:
        return _Arguments

    @property
    def _sync_async_decorator(self) -> Callable[[Any], Any]:
        # Our handlers are plain functions.
        return lambda function: function

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        decorated = self.decorate(function)
        parsers: list[Any] = []

        @wraps(function)
        def wrapper(*_arguments: Any, **_names: Any) -> Any:
            if not parsers:
                parsers.append(self.uri_parser)
            return decorated(self.framework.get_request(uri_parser=parsers[0]))

        return wrapper


def _decorated(operation: FlaskOperation) -> Callable[..., Any]:
    made = operation.__dict__.get("_decorated")
    if made is None:
        decorator = _Decorator(pythonic_params=operation.pythonic_params, jsonifier=operation.jsonifier)
        made = operation.__dict__["_decorated"] = decorator(operation._fn)
    return made  # type: ignore[no-any-return]  # connexion ships no types


# connexion offers no place to give it another class.
FlaskOperation.fn = property(_decorated)


class _Validation(RequestValidationOperation):  # type: ignore[misc]  # connexion ships no types
    @cached_property
    def _parameters(self) -> Any:
        return self._validator_map["parameter"](
            self._operation.parameters,
            uri_parser=self._parser,
            strict_validation=self.strict_validation,
            security_query_params=self.security_query_params,
        )

    @cached_property
    def _parser(self) -> Any:
        return self._operation.uri_parser_class(self._operation.parameters, self._operation.body_definition())

    @cached_property
    def _bodies(self) -> dict[tuple[str, str], Any]:
        """Validators by media type and charset; None where the contract has no schema or we have no validator."""
        return {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._parameters.validate(scope)
        if self._operation.consumes:
            validator = self._body_validator(scope)
            if validator is not None:
                receive, scope = await validator.wrap_receive(receive, scope=scope)
        await self.next_app(scope, receive, send)

    def _body_validator(self, scope: Scope) -> Any:
        """Raises for a media type that the contract does not name."""
        named = self.extract_content_type(scope["headers"])
        if named in self._bodies:
            return self._bodies[named]
        mime_type, encoding = named
        self.validate_mime_type(mime_type)
        made = self._made(mime_type, encoding)
        # Of the charsets only ours is kept: callers choose what they name.
        if encoding == "utf-8":
            self._bodies[named] = made
        return made

    def _made(self, mime_type: str, encoding: str) -> Any:
        schema, make = self._operation.body_schema(mime_type), self._validator_map["body"].get(mime_type)
        if not schema or make is None:
            return None
        return make(
            schema=schema,
            required=self._operation.request_body.get("required", False),
            nullable=is_nullable(self._operation.body_definition(mime_type)),
            encoding=encoding,
            strict_validation=self.strict_validation,
            uri_parser=self._parser,
        )


class _ValidationApi(RequestValidationAPI):  # type: ignore[misc]  # connexion ships no types
    def make_operation(self, operation: Any) -> _Validation:
        return _Validation(
            self.next_app,
            operation=operation,
            strict_validation=self.strict_validation,
            validator_map=self.validator_map,
        )


class _ValidationMiddleware(RequestValidationMiddleware):  # type: ignore[misc]  # connexion ships no types
    api_cls = _ValidationApi


def middlewares(before_validation: Callable[[ASGIApp], ASGIApp], *, validate_responses: bool) -> list[Any]:
    """connexion's layers, outermost first, without its console; `before_validation` wraps the checks of requests."""
    left_out = {SwaggerUIMiddleware} | (set() if validate_responses else {ResponseValidationMiddleware})
    found: list[Any] = []
    for layer in ConnexionMiddleware.default_middlewares:
        if layer is RequestValidationMiddleware:
            found += [before_validation, _ValidationMiddleware]
        elif layer not in left_out:
            found.append(layer)
    return found


# The claims of a token, at once or after something was awaited.
Checked = dict[str, Any] | Coroutine[Any, Any, dict[str, Any]]


def bearer(check: Callable[[str, list[str]], Checked]) -> type[BearerSecurityHandler]:
    """The handler of the contract's bearer scheme: `check` gives the claims of a token for an operation's scopes.

    connexion's own looks up the signature of `check` at every request.
    """

    class Bearer(BearerSecurityHandler):  # type: ignore[misc]  # connexion ships no types
        def get_fn(self, _security_scheme: Any, required_scopes: list[str]) -> Any:
            return partial(self._claims, required_scopes)

        def _claims(self, required_scopes: list[str], request: Any) -> Any:
            kind, token = self.get_auth_header_value(request)
            return check(token, required_scopes) if kind == "bearer" else NO_VALUE

    return Bearer
