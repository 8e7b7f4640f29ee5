"""The table of declared fields, and what must agree with it."""

import types
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from declaration.domain import comparison, journey
from declaration.domain.declared import STEPS
from declaration.domain.draft import TABLES, Draft
from declaration.domain.fields import Address, Amount, Day, Declared, Flag, Number
from declaration.domain.rows import row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.states import State
from declaration_cases import CONTEXT, GONE, INFORMATION, KNOWN, OWING, RENT, YEAR, saved

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
    assert [row["field"] for row in differences] == ([f"{step}/{name}"] if field.label else [])
    # The step saved again answers it.
    again = {"information": INFORMATION, "situation": GONE, "rent": RENT}[step]
    assert getattr(journey.save(found, {step: again}, KNOWN, CONTEXT), step) is not None


def test_a_required_field_that_saved_steps_are_older_than_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    field = STEPS["rent"]["full_month"]
    monkeypatch.setattr(field, "since", 2)
    assert FULL.rent is not None
    older = replace(FULL, rent=replace(FULL.rent, full_month=None))  # type: ignore[arg-type]  # as a later field would be
    [error] = journey.step_errors(older, KNOWN, CONTEXT)
    assert (error.pointer, error.code) == ("/rent/full_month", "required")
    assert journey.next_step(older, State.DRAFT, KNOWN, CONTEXT) is journey.NextStep.RENT
    assert error in journey.missing(older, KNOWN, CONTEXT)


def test_a_draft_that_nobody_has_begun_is_empty() -> None:
    assert journey.load({}) == Draft()
