"""Guards over the published HTTP contracts: nothing open by mistake, nothing announced that does not exist."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module  # noqa: TID251 - names are found at run time
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from launcher import services

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
PUBLIC = Path(__file__).with_name("public_operations.txt")


@cache
def document(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service, which nobody changes: reading it costs a second."""
    # libyaml's parser, a tenth of the time; both are safe loaders.
    read: dict[str, Any] = yaml.load(services.load(name).resource("openapi.yaml").read_bytes(), yaml.CSafeLoader)
    return read


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(METHOD, path, operation)."""
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def is_public(spec: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Without any requirement, or with one that asks for nothing."""
    required = operation.get("security", spec.get("security", []))
    return not required or {} in required


def schemas(node: object) -> Iterator[dict[str, Any]]:
    """Every JSON Schema-like object of a document."""
    if isinstance(node, dict):
        if "type" in node and isinstance(node["type"], (str, list)):
            yield node
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


@pytest.mark.parametrize("name", services.NAMES)
def test_the_contract_is_valid_openapi_3_1(name: str) -> None:
    spec = document(name)
    assert spec["openapi"].startswith("3.1.")
    validate(spec, cls=OpenAPIV31SpecValidator)


def test_the_public_operations_are_those_of_the_list() -> None:
    listed = {line for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")}
    found = {
        f"{name} {method} {path}"
        for name in services.NAMES
        for spec in [document(name)]
        for method, path, operation in operations(spec)
        if is_public(spec, operation)
    }
    assert found == listed


@pytest.mark.parametrize("name", services.NAMES)
def test_every_operation_id_leads_to_a_handler_of_its_own(name: str) -> None:
    ids = [operation["operationId"] for _method, _path, operation in operations(document(name))]
    assert len(set(ids)) == len(ids)
    for operation_id in ids:
        module, _, function = operation_id.rpartition(".")
        assert module.split(".")[0] == name, operation_id
        assert callable(getattr(import_module(module), function)), operation_id


@pytest.mark.parametrize("name", services.NAMES)
def test_no_contract_carries_money_or_anything_as_a_float(name: str) -> None:
    assert [schema for schema in schemas(document(name)) if "number" in str(schema["type"])] == []


@pytest.mark.parametrize("name", services.NAMES)
def test_every_upload_says_who_may_send_it_and_which_setting_bounds_it(name: str) -> None:
    service = services.load(name)
    for method, path, operation in operations(document(name)):
        form = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
        if form is not None:
            assert form["schema"]["x-sender"] in ("agent", "landlord"), (method, path)
            assert hasattr(service.settings, form["schema"]["x-max-bytes"]), (method, path)


@pytest.mark.parametrize("name", services.NAMES)
def test_integers_in_paths_are_bounded(name: str) -> None:
    spec = document(name)
    named = spec.get("components", {}).get("schemas", {})
    for parameter in spec.get("components", {}).get("parameters", {}).values():
        schema = parameter["schema"]
        schema = named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        assert parameter["in"] != "path" or schema["type"] != "integer" or "maximum" in schema, parameter["name"]
