"""Request validation with compiled JSON Schema: all errors at once, with pointers, never the rejected value.

connexion's own validators stop at the first error, accept ``2026-13-99`` and ``"FR\\n"``, and answer 500 to bad
UTF-8 or deep nesting.
"""

import json
from collections.abc import Callable
from typing import Any, ClassVar

import jsonschema_rs
import orjson
from connexion.utils import is_null, is_nullable
from connexion.validators import VALIDATOR_MAP, AbstractRequestBodyValidator, ParameterValidator
from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from chassis import email_address, texts
from chassis.auth import Caller
from chassis.problems import BadRequest, FieldError, TooLarge, UnsupportedMediaType
from chassis.settings import Settings

MAX_JSON_BYTES = 1_000_000
# Our deepest contract has a quarter of that; validators and Python's parser fail at a few hundred.
MAX_JSON_DEPTH = 32
# Allowance for the multipart form around a file.
FORM_BYTES = 64 * 1024
_UPLOAD_BYTES = "bailleurs.upload_bytes"
_RULES = {
    "type": "n’est pas du type attendu",
    "format": "n’a pas le format attendu",
    "pattern": "n’a pas la forme attendue",
    "enum": "n’est pas l’une des valeurs possibles",
    "required": "est obligatoire",
    "additionalProperties": "n’est pas connu ici",
    "minLength": "est trop court",
    "maxLength": "est trop long",
    "minimum": "est trop petit",
    "maximum": "est trop grand",
    "minItems": "ne contient pas assez d’éléments",
    "maxItems": "contient trop d’éléments",
}
EMAIL = "email"
_FORMATS = {**texts.FORMATS, EMAIL: lambda text: email_address.refusal(text) is None}
_compiled: dict[int, tuple[Any, Any]] = {}


def _validator(schema: Any) -> Any:
    # Keyed by identity: connexion passes the same resolved schema objects for the life of the process.
    if id(schema) not in _compiled:
        # References are already resolved; connexion still adds all components, which may contain the schema itself.
        own = {name: rule for name, rule in schema.items() if name != "components"}
        validator = jsonschema_rs.Draft202012Validator(own, validate_formats=True, formats=_FORMATS)
        _compiled[id(schema)] = (validator, schema)
    return _compiled[id(schema)][0]


def field_errors(schema: Any, value: Any, prefix: str = "") -> list[FieldError]:
    """An error for each place where the value breaks the schema, explained by its ``description`` and ``examples``."""
    errors: list[FieldError] = []
    for error in _validator(schema).iter_errors(value):
        path = [str(part) for part in error.instance_path]
        for name in _names(error.kind):
            pointer = "/".join((prefix, *(_escape(part) for part in (*path, *name))))
            errors.append(_explain(schema, pointer, error, name))
    return errors


def _names(kind: Any) -> list[list[str]]:
    """The members an object-level error is about: the missing one, each unexpected one."""
    if kind.name == "required":
        return [[kind.property]]
    if kind.name == "additionalProperties":
        return [[name] for name in kind.unexpected]
    return [[]]


def _explain(schema: Any, pointer: str, error: Any, name: list[str]) -> FieldError:
    described = _described(schema, [str(part) for part in error.schema_path[:-1]], name)
    label = pointer.rsplit("/", 1)[-1] or "le corps de la demande"
    examples = described.get("examples") or [described.get("example", "")]
    code, rule = error.kind.name, str(described.get("description", ""))
    detail = f"« {label} » {_RULES.get(code, 'n’est pas valable')}."
    if sign := _refused_character(error):
        code, detail, rule = texts.CODE, texts.sentence(sign, f"« {label} »"), f"{rule}, {texts.RULE}".lstrip(", ")
    if code == "format" and error.kind.format == EMAIL:
        detail, rule = email_address.refusal(error.instance) or detail, email_address.RULE
    return FieldError(pointer=pointer, code=code, detail=detail, rule=rule, example=str(examples[0]))


def _refused_character(error: Any) -> str | None:
    """The error for a text with a forbidden character."""
    if error.kind.name != "format" or error.kind.format not in texts.FORMATS:
        return None
    return texts.refused(error.instance, lines=error.kind.format == texts.TEXT)


def _described(schema: Any, path: list[str], name: list[str]) -> dict[str, Any]:
    node = schema
    for part in path:
        node = node[int(part)] if isinstance(node, list) else node.get(part, {})
    if name and isinstance(node, dict):
        node = node.get("properties", {}).get(name[0], {})
    return node if isinstance(node, dict) else {}


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


class JsonBody(AbstractRequestBodyValidator):  # type: ignore[misc]  # connexion ships no types
    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        if not Headers(scope=scope).get("content-type") and _has_body(scope):
            raise UnsupportedMediaType("Indiquez ce que vous envoyez : « Content-Type: application/json ».")
        wrapped: tuple[Receive, Scope] = await super().wrap_receive(receive, scope=scope)
        return wrapped

    async def _parse(self, stream: Any, scope: Scope) -> Any:
        body = b""
        async for chunk in stream:
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise TooLarge("Le corps de la demande est trop long.")
        return _read(body) if body else None

    def _validate(self, body: Any) -> None:
        if body is None and self._nullable:
            return
        if errors := field_errors(self._schema, body):
            raise BadRequest("Certaines informations sont à corriger.", errors=errors)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _read(body: bytes) -> Any:
    """Parses the JSON. Raises BadRequest for input that a later parser could fail on or read differently."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest("Le corps de la demande n’est pas du JSON en UTF-8.") from error
    if b"\\u0000" in body:
        raise BadRequest("Le caractère nul n’est pas accepté.")
    if body.count(b"[") + body.count(b"{") > MAX_JSON_DEPTH and _depth(parsed) > MAX_JSON_DEPTH:
        raise BadRequest("Le corps de la demande est trop imbriqué.")
    json.loads(body, object_pairs_hook=_once_each)
    return parsed


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        depth, level = depth + 1, [one for values in inner for one in values]
    return depth


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # RFC 8259 §4: parsers disagree on which duplicate counts.
        raise BadRequest("Un même nom est donné deux fois dans un objet.")
    return found


class UploadBody(AbstractRequestBodyValidator):  # type: ignore[misc]  # connexion ships no types
    """Skips uploads: connexion would hold the whole file in memory to look at its name.

    The form's schema in the contract names who may send one (``x-sender``) and the setting with its maximum size
    (``x-max-bytes``): a file from anybody else, or beyond that size, is not read.
    """

    settings: ClassVar[Settings]

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        if sender := self._schema.get("x-sender"):
            _SENDERS[sender](Caller.from_claims(scope["extensions"]["connexion_context"]["token_info"]))
        setting = self._schema.get("x-max-bytes")
        most = getattr(self.settings, setting) + FORM_BYTES if setting else MAX_JSON_BYTES
        return receive, {**scope, _UPLOAD_BYTES: most}


def upload_bytes(environ: dict[str, Any]) -> int:
    """The maximum length of this request's body, once the caller has been admitted."""
    return int(environ["asgi.scope"].get(_UPLOAD_BYTES, MAX_JSON_BYTES))


class Parameters(ParameterValidator):  # type: ignore[misc]  # connexion ships no types
    def validate(self, scope: Scope) -> None:
        if self.parameters or scope["query_string"]:
            super().validate(scope)

    def validate_request(self, request: Any) -> None:
        errors = [
            FieldError(pointer=f"/query/{_escape(name)}", code="unknown", detail=f"« {name} » n’est pas connu ici.")
            for name in sorted(self.validate_query_parameter_list(request, security_params=self.security_query_params))
        ]
        for place, read in (
            ("query", request.query_params.get),
            ("path", lambda name: request.path_params.get(name.replace("-", "_"))),
            ("header", request.headers.get),
        ):
            for parameter in self.parameters.get(place, []):
                errors += _parameter_errors(place, parameter, read(parameter["name"]))
        if errors:
            raise BadRequest("Certains paramètres sont à corriger.", errors=errors)


def _parameter_errors(place: str, parameter: dict[str, Any], value: Any) -> list[FieldError]:
    pointer = f"/{place}/{_escape(parameter['name'])}"
    if value is None or (is_nullable(parameter) and is_null(value)):
        if not parameter.get("required"):
            return []
        detail = f"« {parameter['name']} » est obligatoire."
        rule = str(parameter.get("description", ""))
        return [FieldError(pointer=pointer, code="required", detail=detail, rule=rule)]
    if "\0" in str(value):
        return [FieldError(pointer=pointer, code="nul", detail=f"« {parameter['name']} » contient un caractère nul.")]
    return field_errors(parameter.get("schema", parameter), value, pointer)


_SENDERS: dict[str, Callable[[Caller], Caller]] = {"agent": Caller.as_agent, "landlord": Caller.as_landlord}


def validators(settings: Settings) -> dict[str, Any]:
    """connexion's validator map, by place and media type."""
    upload = type("UploadBody", (UploadBody,), {"settings": settings})
    body = {**VALIDATOR_MAP["body"], "application/json": JsonBody, "multipart/form-data": upload}
    return {"parameter": Parameters, "body": body}
