"""Request validation with compiled JSON Schema: every error at once, with pointers, and never the rejected value.

connexion's own validators stop at the first error, let ``2026-13-99`` and ``"FR\\n"`` through, and answer 500 to bad
UTF-8 or deep nesting.
"""

from typing import Any

import jsonschema_rs
import orjson
from connexion.utils import is_null, is_nullable
from connexion.validators import VALIDATOR_MAP, AbstractRequestBodyValidator, ParameterValidator
from starlette.types import Receive, Scope

from chassis import texts
from chassis.problems import BadRequest, FieldError, TooLarge

MAX_JSON_BYTES = 1_000_000
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
_compiled: dict[int, tuple[Any, Any]] = {}


def _validator(schema: Any) -> Any:
    # Keyed by identity: connexion hands over the same resolved schema objects for the life of the process.
    if id(schema) not in _compiled:
        # Its references are resolved; connexion still adds all components to it, which may hold the schema itself.
        own = {name: rule for name, rule in schema.items() if name != "components"}
        formats = dict(texts.FORMATS)
        validator = jsonschema_rs.Draft202012Validator(own, validate_formats=True, formats=formats)
        _compiled[id(schema)] = (validator, schema)
    return _compiled[id(schema)][0]


def field_errors(schema: Any, value: Any, prefix: str = "") -> list[FieldError]:
    """Every place where the value breaks the schema; the schema's ``description`` and ``examples`` explain it."""
    errors: list[FieldError] = []
    for error in _validator(schema).iter_errors(value):
        path = [str(part) for part in error.instance_path]
        for name in _names(error.kind):
            pointer = "/".join((prefix, *(_escape(part) for part in (*path, *name))))
            errors.append(_explain(schema, pointer, error, name))
    return errors


def _names(kind: Any) -> list[list[str]]:
    """The member an object-level error is about: the missing one, each unexpected one."""
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
    return FieldError(pointer=pointer, code=code, detail=detail, rule=rule, example=str(examples[0]))


def _refused_character(error: Any) -> str | None:
    """Of a text that holds what no text may hold."""
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
    async def _parse(self, stream: Any, scope: Scope) -> Any:
        body = b""
        async for chunk in stream:
            body += chunk
            if len(body) > MAX_JSON_BYTES:
                raise TooLarge("Le corps de la demande est trop long.")
        try:
            parsed = orjson.loads(body) if body else None
        except orjson.JSONDecodeError as error:
            raise BadRequest("Le corps de la demande n’est pas du JSON en UTF-8.") from error
        if b"\\u0000" in body:
            raise BadRequest("Le caractère nul n’est pas accepté.")
        return parsed

    def _validate(self, body: Any) -> None:
        if body is None and self._nullable:
            return
        if errors := field_errors(self._schema, body):
            raise BadRequest("Certaines informations sont à corriger.", errors=errors)


class UploadBody(AbstractRequestBodyValidator):  # type: ignore[misc]  # connexion ships no types
    """Leaves uploads alone: connexion would hold the whole file in memory to look at its name."""

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        return receive, scope


class Parameters(ParameterValidator):  # type: ignore[misc]  # connexion ships no types
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


VALIDATORS: dict[str, Any] = {
    "parameter": Parameters,
    "body": {**VALIDATOR_MAP["body"], "application/json": JsonBody, "multipart/form-data": UploadBody},
}
