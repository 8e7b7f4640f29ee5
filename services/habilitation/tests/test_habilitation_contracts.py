"""The service's schema, its contract and its events say the same thing as its code."""

from typing import Any

import pytest
import yaml
from chassis.testing import schema
from chassis.testing.plugin import HarnessFactory
from habilitation.app import service
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(service.resource("openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return loaded


def test_the_models_say_what_the_migrations_made(harness: HarnessFactory, database_url: str) -> None:
    assert schema.differences(harness(service, database_url).runtime) == []


def test_there_is_one_head_of_migrations() -> None:
    assert len(schema.heads(service)) == 1


def test_the_contract_is_valid_openapi_3_1(contract: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(contract).validate()


def operations(contract: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    methods = ("get", "post", "put", "patch", "delete")
    return [(path, name, item[name]) for path, item in contract["paths"].items() for name in methods if name in item]


def test_every_operation_needs_a_token_and_answers_in_french(contract: dict[str, Any]) -> None:
    assert contract["security"] == [{"bearer": []}]
    for path, method, operation in operations(contract):
        assert "security" not in operation, f"{method} {path}"
        assert operation["summary"]


def test_everything_that_creates_takes_an_idempotency_key(contract: dict[str, Any]) -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    for path, method, operation in operations(contract):
        if method == "post":
            assert key in operation["parameters"], path


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" and "properties" in schema else []
    return own + [found for part in schema.values() for found in objects(part)]


def test_what_is_sent_to_us_is_closed_and_bounded(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    for closed in objects([schemas["NewGroup"], schemas["NewUser"], schemas["Scope"]]):
        assert closed["additionalProperties"] is False
        for name, rule in closed["properties"].items():
            if "string" in rule.get("type", "") and "enum" not in rule:
                assert "maxLength" in rule, name
            if rule.get("type") == "array":
                assert "maxItems" in rule, name


def test_whole_numbers_in_requests_have_a_maximum(contract: dict[str, Any]) -> None:
    parameters = list(contract["components"]["parameters"].values())
    parameters += [one for item in contract["paths"].values() for one in item.get("parameters", [])]
    parameters += [one for _path, _method, operation in operations(contract) for one in operation.get("parameters", [])]
    numbers = [one for one in parameters if one.get("schema", {}).get("type") == "integer"]
    assert numbers
    assert all("maximum" in one["schema"] for one in numbers)
