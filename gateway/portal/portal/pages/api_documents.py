"""/docs: the OpenAPI documents of all services on one page, without script."""

from typing import Any, TypedDict

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.clients import api
from portal.clients.errors import Refused, Unavailable
from portal.clients.openapi import Document

pages = Blueprint("api_documents", __name__)
SERVICES = ("identity", "habilitation", "declaration", "documents", "notification")
METHODS = ("get", "post", "put", "patch", "delete")


class Operation(TypedDict):
    """An operation as the page shows it."""

    path: str
    method: str
    summary: str
    description: str
    public: bool
    parameters: list[Document]
    body: list[tuple[str, str, bool]]
    answers: dict[str, str]


def resolve(document: Document, node: Any) -> Document:
    """The target of a `$ref` inside the document, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node if isinstance(node, dict) else {}


def operations(name: str, document: Document) -> list[Operation]:
    """Each operation with its full path, parameters, body and answers."""
    server = f"/api/{name}/v1"
    found = []
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                found.append(operation(document, server + path, method, {**item[method], "_item": item}))
    return found


def operation(document: Document, path: str, method: str, given: Document) -> Operation:
    """One operation, its references resolved."""
    parameters = [*given["_item"].get("parameters", ()), *given.get("parameters", ())]
    body = resolve(document, given.get("requestBody"))
    answers = {code: resolve(document, answer) for code, answer in given["responses"].items()}
    secured = given.get("security", document.get("security", []))
    return {
        "path": path,
        "method": method.upper(),
        "summary": given.get("summary", ""),
        "description": given.get("description", ""),
        "public": not secured,
        "parameters": [described(document, resolve(document, parameter)) for parameter in parameters],
        "body": fields(document, body),
        "answers": {code: answer.get("description", "") for code, answer in answers.items()},
    }


def described(document: Document, parameter: Document) -> Document:
    """A parameter with its type in words."""
    return {**parameter, "kind": type_of(resolve(document, parameter.get("schema")))}


def fields(document: Document, body: Document) -> list[tuple[str, str, bool]]:
    """(name, type, required) of the top level of a body."""
    for media in body.get("content", {}).values():
        schema = resolve(document, media.get("schema"))
        required = schema.get("required", ())
        return [
            (name, type_of(resolve(document, given)), name in required)
            for name, given in schema.get("properties", {}).items()
        ]
    return []


def type_of(schema: Document) -> str:
    """The type in words: `string (date)`, `array`, the values of an enumeration."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kinds = schema.get("type", "")
    text = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    return f"{text} ({schema['format']})" if "format" in schema else text


@pages.get("/docs")
def index() -> ResponseReturnValue:
    """A service that does not answer is marked as such; the others are shown."""
    shown: list[tuple[str, Document | None, list[Operation]]] = []
    for name in SERVICES:
        try:
            document = api().openapi.read(name)
        except (Refused, Unavailable):
            shown.append((name, None, []))
        else:
            shown.append((name, document["info"], operations(name, document)))
    return render_template("api_documents.html", services=shown)
