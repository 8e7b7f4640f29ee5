"""The contract, the migrations and the pages agree with the code."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.testing import schema
from chassis.testing.harness import load_schema
from declaration.app import service
from declaration.domain import checks, states
from declaration.domain.answers import columns as answers
from declaration.domain.answers.reasons import REASONS
from declaration.domain.exports import columns as exports
from jsonschema_rs import Draft202012Validator

from tools import files_page

ROOT = Path(__file__).parents[3]
CONTRACT = yaml.load(service.resource("openapi.yaml").read_text(), yaml.CSafeLoader)


def test_the_migrated_database_is_what_the_models_say(world: Any) -> None:
    assert schema.differences(world.harness.runtime) == []


@pytest.mark.parametrize("event_type", service.published)
def test_the_example_of_an_event_matches_its_schema(event_type: str) -> None:
    schema = load_schema(service, event_type)
    assert schema["$id"] == f"urn:bailleurs:event:{event_type}"
    for example in schema["examples"]:
        Draft202012Validator(schema, validate_formats=True).validate(example)


def test_the_contract_names_every_state_and_every_confirmation() -> None:
    schemas = CONTRACT["components"]["schemas"]
    assert schemas["Status"]["enum"] == [state.value for state in states.State]
    assert schemas["ConfirmationCode"]["enum"] == [code.value for code in checks.Code]


def test_every_operation_refuses_with_problems_and_asks_for_a_token() -> None:
    assert CONTRACT["security"] == [{"bearer": []}]
    for path in CONTRACT["paths"].values():
        for operation in path.values():
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
            # A scope may be asked for, never less than a token.
            assert [list(one) for one in operation.get("security", CONTRACT["security"])] == [["bearer"]]


def test_the_page_on_the_states_shows_the_diagram_of_the_table() -> None:
    page = (ROOT / "docs" / "declaration.md").read_text(encoding="utf-8")
    assert states.mermaid() in page


def test_the_page_on_the_files_of_the_caf_shows_the_tables_of_the_code() -> None:
    page = (ROOT / "docs" / "caf-files.md").read_text(encoding="utf-8")
    assert files_page.filled(page) == page
    for name in (*exports.COLUMNS, *answers.COLUMNS, *REASONS):
        assert f"`{name}`" in page
