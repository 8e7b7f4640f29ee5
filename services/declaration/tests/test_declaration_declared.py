"""The table of declared fields, and what must agree with it."""

import types
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import pytest
import yaml
from chassis.testing.harness import load_schema
from declaration.app import service
from declaration.domain import checks, comparison, journey
from declaration.domain.declared import STEPS
from declaration.domain.draft import TABLES, Draft
from declaration.domain.fields import Address, Amount, Choice, Day, Declared, Flag, Number
from declaration.domain.rows import row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.states import State
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, OWING, RENT, YEAR, saved

CONTRACT = yaml.load(service.resource("openapi.yaml").read_text(), yaml.CSafeLoader)["components"]["schemas"]
EVENT = load_schema(service, "declaration.transmitted.v1")["properties"]["personal"]["properties"]["snapshot"]
LINE = {"type": ["string", "null"], "format": "line"}
# By kind: what the API takes before the rules, which explain in French; what it answers and publishes.
SENT: dict[str, dict[str, Any]] = {
    "text": {**LINE, "maxLength": 200},
    "amount": {**LINE, "maxLength": 40},
    "day": {**LINE, "maxLength": 20},
    "commune": {**LINE, "maxLength": 80},
    "choice": {**LINE, "maxLength": 40},
    "flag": {"type": ["boolean", "null"]},
    "agreement": {"type": ["boolean", "null"]},
    "number": {"type": ["integer", "null"], "minimum": -1000, "maximum": 1000},
    "address": {
        "type": ["array", "null"],
        "maxItems": 20,
        "items": {"type": "string", "format": "line", "maxLength": 200},
    },
}
ANSWERED = {
    "amount": "string",
    "day": "string",
    "commune": "string",
    "flag": "boolean",
    "agreement": "boolean",
    "number": "integer",
    "address": "array",
    "text": "string",
}
FIELDS = [(step, name) for step, table in STEPS.items() for name in table]
FULL = saved(situation={**OWING, **GONE, "rent_up_to_date": False, "new_address": ["3 RUE DES LILAS", "35000 RENNES"]})


def _type(field: Declared[Any]) -> type:
    by_kind = {Amount: Decimal, Day: date, Flag: bool, Number: int}
    return next((found for kind, found in by_kind.items() if isinstance(field, kind)), str)


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
def test_a_step_has_the_fields_of_the_table_with_their_types(kind: type) -> None:
    hints = get_type_hints(kind)
    assert list(hints) == list(TABLES[kind])
    for name, field in TABLES[kind].items():
        union = get_origin(hints[name]) in (Union, types.UnionType)
        typed = [one for one in get_args(hints[name]) if one is not types.NoneType] if union else [hints[name]]
        assert typed == [tuple[str, ...] if isinstance(field, Address) else _type(field)], name
        # An answer that may be missing, or that earlier drafts have not.
        assert union == (not field.required or field.since > 1), name


@pytest.mark.parametrize(("step", "name"), FIELDS)
def test_the_example_of_a_field_and_of_its_cell_pass_its_own_rule(step: str, name: str) -> None:
    field = STEPS[step][name]
    raw: Any = {"oui": True, "non": False}.get(field.example, field.example)
    if isinstance(field, Number):
        raw = int(raw)
    if isinstance(field, Address):
        raw = field.example.split(" / ")
    value = field.deserialize(raw)
    assert field.restore(field.store(value)) == value
    if field.cell:
        column = COLUMNS[name]
        assert field.read(column.read(column.example)) == value
        assert column.show(value) == column.example


def _example(field: Declared[Any]) -> list[Any]:
    """None for what is true or false."""
    if isinstance(field, Flag):
        return []
    if isinstance(field, Address):
        return [field.example.split(" / ")]
    return [int(field.example) if isinstance(field, Number) else field.example]


@pytest.mark.parametrize("step", STEPS)
def test_the_contract_takes_each_field_with_its_rule_and_its_example(step: str) -> None:
    taken = CONTRACT["DraftChange"]["properties"][step]
    assert (list(taken["properties"]), taken["additionalProperties"]) == (list(STEPS[step]), False)
    for name, field in STEPS[step].items():
        told = {"description": field.rule, **({"examples": found} if (found := _example(field)) else {})}
        assert taken["properties"][name] == {**SENT[field.kind], **told}, name


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = CONTRACT[node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return found


def _types(node: dict[str, Any]) -> set[str]:
    node = _resolved(node)
    if "oneOf" in node:
        return set().union(*map(_types, node["oneOf"]))
    return set(node["type"]) if isinstance(node["type"], list) else {node["type"]}


@pytest.mark.parametrize(("step", "name"), FIELDS)
def test_the_contract_answers_and_publishes_each_field_with_its_type(step: str, name: str) -> None:
    field = STEPS[step][name]
    answered = CONTRACT["Draft"]["properties"][step]["properties"][name]
    published = EVENT["properties"][step]
    # What was stored before the field: null in an answer, absent from an event.
    nullable = not field.required or field.since > 1
    for node in (answered, published["properties"][name]):
        if isinstance(field, Choice):
            assert [one for one in node["enum"] if one is not None] == list(field.options)
            assert (None in node["enum"]) == nullable
        else:
            assert _types(node) == {ANSWERED[field.kind], *(["null"] if nullable else [])}
    assert (name in published["required"]) == (field.since == 1)


def test_the_contract_answers_and_publishes_nothing_else() -> None:
    for step, table in STEPS.items():
        assert list(CONTRACT["Draft"]["properties"][step]["properties"]) == list(table)
        more = ["total"] if step == "rent" else []
        assert sorted(EVENT["properties"][step]["properties"]) == sorted([*table, *more])


def test_the_contract_describes_each_cell_as_the_file_does() -> None:
    cells = CONTRACT["Cells"]["properties"]
    assert {name: (cell["description"], cell["examples"]) for name, cell in cells.items()} == {
        name: (column.rule, [column.example]) for name, column in COLUMNS.items()
    }


def test_the_fields_are_listed_for_whoever_shows_them(world: Any) -> None:
    answer = world.get("/declared-fields", world.landlord())
    listed = answer.json()["items"]
    assert [(one["step"], one["name"]) for one in listed] == FIELDS
    assert {one["kind"] for one in listed} <= set(CONTRACT["DeclaredField"]["properties"]["kind"]["enum"])
    share = next(one for one in listed if one["name"] == "share")
    assert [option["value"] for option in share["options"]] == ["whole", "tenant_share"]
    assert world.get("/declared-fields", {}).status_code == 401


def test_each_point_to_confirm_has_its_words() -> None:
    assert set(checks.TO_CONFIRM) == set(checks.Code)
    for point in checks.TO_CONFIRM.values():
        assert point.label
        assert point.confirms


def test_no_two_fields_share_a_column() -> None:
    names = [name for table in STEPS.values() for name, field in table.items() if field.cell]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("step", "name"), FIELDS)
def test_a_draft_older_than_a_field_reads_as_not_answered_yet(step: str, name: str) -> None:
    stored: Any = journey.dump(FULL)
    older = {**stored, step: {key: value for key, value in stored[step].items() if key != name}}
    found = journey.load(older)
    field = STEPS[step][name]
    left = getattr(found, step)
    assert (left is None) if field.required else (getattr(left, name) is None)
    # Nothing that reads a draft fails.
    cells = row_validation.filled(found, KNOWN, YEAR)
    assert row_validation.validate_row(cells, found, KNOWN, CONTEXT, current=True).outcome.value == "unchanged"
    reached = journey.next_step(found, State.DRAFT, KNOWN, CONTEXT).value
    missing = {error.pointer for error in journey.missing(found, KNOWN, CONTEXT)}
    if field.required:
        assert (reached, f"/{step}" in missing) == (step, True)
    differences = comparison.differences(older, stored)
    differs = field.label and stored[step][name] is not None
    assert [row["field"] for row in differences] == ([f"{step}/{name}"] if differs else [])
    # The step saved again answers it.
    again = {"information": INFORMATION, "situation": GONE, "rent": RENT}[step]
    assert getattr(journey.save(found, {step: again}, KNOWN, CONTEXT), step) is not None


def test_a_required_field_that_saved_steps_are_older_than_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    field = STEPS["rent"]["full_month"]
    monkeypatch.setattr(field, "since", 2)
    assert FULL.rent is not None
    # A draft saved before the field: what its type rules out.
    older = replace(FULL, rent=replace(FULL.rent, full_month=cast(bool, None)))
    [error] = journey.step_errors(older, KNOWN, CONTEXT)
    assert (error.pointer, error.code) == ("/rent/full_month", "required")
    assert journey.next_step(older, State.DRAFT, KNOWN, CONTEXT) is journey.NextStep.RENT
    assert error in journey.missing(older, KNOWN, CONTEXT)


def test_a_draft_that_nobody_has_begun_is_empty() -> None:
    assert journey.load({}) == Draft()
