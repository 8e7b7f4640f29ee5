"""Guard: no operation takes a text that the rule of texts refuses (`chassis.texts`), whatever the field."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from chassis.validation import field_errors

from launcher import services

HOSTILE = ("a\u202eb", "a\ab", "a\u2066bcdef", "a\u202eb@example.org", "2026-07-01\u200f", "35\x85")
# Answered row by row, each cell with its own error: test_declaration_rows.
ROW_BY_ROW = "/drafts put body/properties/rows/items/properties/cells/properties/"
LENGTHS = {"minLength", "maxLength"}


def strings(document: dict[str, Any], node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a text below the node, references followed."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from strings(document, each, f"{where}/{place}")
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield from strings(document, resolved(document, node), where)
        return
    kinds = node.get("type", [])
    if "string" in (kinds if isinstance(kinds, list) else [kinds]):
        yield where, node
    for name, each in node.items():
        if name not in ("examples", "example", "description", "enum", "const", "default"):
            yield from strings(document, each, f"{where}/{name}")


def resolved(document: dict[str, Any], node: dict[str, Any]) -> Any:
    found: Any = document
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def given(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The texts that a caller gives: parameters of every place, and JSON bodies."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            shared = operation if method == "parameters" else operation.get("parameters", [])
            for each in shared:
                parameter = resolved(document, each)
                yield from strings(document, parameter["schema"], f"{path} {method} {parameter['name']}")
            if method != "parameters":
                body = resolved(document, operation.get("requestBody", {})).get("content", {})
                schema = body.get("application/json", {}).get("schema", {})
                yield from strings(document, schema, f"{path} {method} body")


@pytest.mark.parametrize("name", services.NAMES)
def test_every_text_that_a_caller_gives_keeps_the_rule_of_texts(name: str) -> None:
    document = yaml.load(services.load(name).resource("openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    found = list(given(document))
    assert found
    loose = [where for where, schema in found if ROW_BY_ROW not in where and takes_hostile(schema)]
    assert loose == []


def takes_hostile(schema: dict[str, Any]) -> bool:
    """A bound on the length is no rule on what is inside it."""
    codes = [{error.code for error in field_errors(schema, text)} for text in HOSTILE]
    return any(not found - LENGTHS for found in codes)


def test_a_field_without_the_rule_would_be_found() -> None:
    assert takes_hostile({"type": "string", "maxLength": 5})
    assert takes_hostile({"type": "string", "pattern": r"\S"})
    assert not takes_hostile({"type": ["string", "null"], "format": "line"})
    assert not takes_hostile({"type": "string", "pattern": "^[0-9]{3}$"})
