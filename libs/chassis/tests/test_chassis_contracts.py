"""What the contracts, the pages and the rules say of French addresses and dwellings is what the code checks."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.french import housing
from chassis.french.postal import MAX_CHARACTERS, MAX_LINES

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = [*ROOT.glob("services/*/openapi.yaml"), *ROOT.glob("services/*/events/*.json")]
SENTENCE = re.compile(r"(\d+) lignes de (\d+) caractères")
# The envelope of a letter has the name on a line of its own.
BESIDE_THE_NAME = {"letter_requested.v1.json": MAX_LINES - 1}
# What people type may be longer: the rule then says which line is.
AS_TYPED = (20, 200)
# Narrower lines would be another version of the event.
LONGER_LINES = {"report_answered.v1.json": 100}
SPOKEN = [
    file
    for folder in ("gateway/portal/portal", "services")
    for file in (ROOT / folder).rglob("*")
    if file.suffix in {".py", ".html", ".yaml"} and "tests" not in file.parts
]


def read(contract: Path) -> Any:
    text = contract.read_text(encoding="utf-8")
    return json.loads(text) if contract.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)


def properties(node: Any) -> Iterator[tuple[str, Any]]:
    """Each property or parameter of each schema, by its name."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"].items()
        if isinstance(node.get("name"), str) and isinstance(node.get("schema"), dict):
            yield node["name"], node["schema"]
        for inner in node.values():
            yield from properties(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from properties(inner)


def test_an_address_of_a_contract_has_the_lines_of_an_envelope() -> None:
    seen = 0
    for contract in CONTRACTS:
        most = BESIDE_THE_NAME.get(contract.name, MAX_LINES)
        for name, schema in properties(read(contract)):
            longest = LONGER_LINES.get(contract.name, MAX_CHARACTERS)
            if name.endswith("address") and isinstance(schema, dict) and "maxItems" in schema:
                bounds = (schema["maxItems"], schema["items"].get("maxLength", MAX_CHARACTERS))
                assert bounds in {(most, longest), AS_TYPED}, (contract.name, name)
                seen += bounds != AS_TYPED
    assert seen > 20


def test_the_sentences_that_people_read_say_the_same() -> None:
    said = [found for file in SPOKEN for found in SENTENCE.findall(file.read_text(encoding="utf-8"))]
    assert len(said) > 4
    assert set(said) == {(str(MAX_LINES), str(MAX_CHARACTERS))}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda file: f"{file.parts[-3]}/{file.name}")
def test_a_contract_knows_the_two_types_of_dwellings(contract: Path) -> None:
    known = [
        schema["enum"] for name, schema in properties(read(contract)) if name == "housing_type" and "enum" in schema
    ]
    assert all(set(filter(None, each)) == set(housing.HOUSING_TYPES) for each in known)


def test_the_types_of_dwellings_are_listed_once() -> None:
    listed = re.compile(r"""[{\[(]\s*"(conventioned|private)"\s*[:,]""")
    code = [file for file in SPOKEN if file.suffix == ".py" and not file.name.endswith("_types.py")]
    code = [file for file in code if "api_types" not in file.parts]
    assert [str(file) for file in code if listed.search(file.read_text(encoding="utf-8"))] == []
    assert set(housing.HOUSING_TYPES) == set(housing.HOUSING_GROUPS)
