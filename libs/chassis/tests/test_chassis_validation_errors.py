"""Every place where a value breaks the schema, with RFC 6901 pointers; never the value."""

from typing import Any

import pytest
from chassis.validation import field_errors
from hypothesis import given
from hypothesis import strategies as st

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "rent"],
    "properties": {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 5,
            "description": "un nom, 1 à 5 caractères",
            "examples": ["Anne"],
        },
        "rent": {"type": "string", "pattern": r"^[0-9]+,[0-9]{2}$", "example": "512,30"},
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "kind": {"enum": ["a", "b"]},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "id": {"type": "string", "format": "uuid"},
        "email": {"type": "string", "format": "email"},
        "count": {"type": "integer", "minimum": 0, "maximum": 10},
        "lines": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string"}},
        "deep": {
            "type": "object",
            "additionalProperties": False,
            "required": ["a/b"],
            "properties": {
                "a/b": {"type": "integer", "description": "une barre"},
                "c~d": {"type": "integer"},
                "list": {"type": "array", "items": {"type": "object", "required": ["x"]}},
            },
        },
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        "never": False,
        "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}},
    },
}
GOOD = {"name": "Anne", "rent": "512,30"}

BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "/name", "minLength"),
    ({"name": "Annette"}, "/name", "maxLength"),
    ({"name": 5}, "/name", "type"),
    ({"name": None}, "/name", "type"),
    ({"rent": "512.30"}, "/rent", "pattern"),
    ({"country": "FR\n"}, "/country", "pattern"),
    ({"country": "fr"}, "/country", "pattern"),
    ({"kind": "c"}, "/kind", "enum"),
    ({"day": "2026-13-99"}, "/day", "format"),
    ({"day": "2026-02-29"}, "/day", "format"),
    ({"day": "01/07/2026"}, "/day", "format"),
    ({"at": "2026-07-01T25:00:00Z"}, "/at", "format"),
    ({"at": "2026-07-01T10:00:00"}, "/at", "format"),
    ({"id": "not-a-uuid"}, "/id", "format"),
    ({"email": "nobody"}, "/email", "format"),
    ({"count": -1}, "/count", "minimum"),
    ({"count": 11}, "/count", "maximum"),
    ({"count": 10**23}, "/count", "maximum"),
    ({"count": 1.5}, "/count", "type"),
    ({"count": "1"}, "/count", "type"),
    ({"count": True}, "/count", "type"),
    ({"lines": []}, "/lines", "minItems"),
    ({"lines": ["a", "b", "c"]}, "/lines", "maxItems"),
    ({"lines": ["a", 5]}, "/lines/1", "type"),
    ({"deep": {}}, "/deep/a~1b", "required"),
    ({"deep": {"a/b": "x"}}, "/deep/a~1b", "type"),
    ({"deep": {"a/b": 1, "c~d": "x"}}, "/deep/c~0d", "type"),
    ({"deep": {"a/b": 1, "e~f/g": 1}}, "/deep/e~0f~1g", "additionalProperties"),
    ({"deep": {"a/b": 1, "list": [{"x": 1}, {}]}}, "/deep/list/1/x", "required"),
    ({"either": []}, "/either", "oneOf"),
    ({"never": 1}, "/never", "falseSchema"),
    ({"names": {"A": 1}}, "/names", "propertyNames"),
    ({"more": 1}, "/more", "additionalProperties"),
]


@pytest.mark.parametrize(("changes", "pointer", "code"), BROKEN)
def test_a_broken_rule_is_told_with_its_place_and_its_code(changes: dict[str, Any], pointer: str, code: str) -> None:
    (error,) = field_errors(SCHEMA, {**GOOD, **changes})
    assert (error.pointer, error.code) == (pointer, code)
    # Of an address its own rule says what is wrong.
    assert error.detail.startswith("Cette adresse" if code == "format" and pointer == "/email" else "« ")
    assert error.detail.endswith(".")


def test_a_good_value_has_no_error() -> None:
    assert field_errors(SCHEMA, {**GOOD, "country": "FR", "day": "2024-02-29", "deep": {"a/b": 1}}) == []


def test_all_errors_are_told_at_once() -> None:
    found = field_errors(SCHEMA, {"name": "", "country": "x", "count": 99, "one": 1, "two": 2})
    assert {error.pointer for error in found} == {"/name", "/rent", "/country", "/count", "/one", "/two"}


def test_the_rule_and_the_example_come_from_the_schema() -> None:
    name, rent = field_errors(SCHEMA, {"name": "", "rent": "x"})
    assert (name.rule, name.example) == ("un nom, 1 à 5 caractères", "Anne")
    assert (rent.rule, rent.example) == ("", "512,30")


def test_a_missing_member_is_explained_by_its_own_schema() -> None:
    missing = {error.pointer: error for error in field_errors(SCHEMA, {"deep": {}})}
    assert missing["/name"].rule == "un nom, 1 à 5 caractères"
    assert missing["/deep/a~1b"].rule == "une barre"
    assert missing["/name"].detail == "« name » est obligatoire."


def test_a_wrong_kind_of_body_points_at_the_whole() -> None:
    (error,) = field_errors(SCHEMA, [1])
    assert (error.pointer, error.code) == ("", "type")
    assert error.detail == "« le corps de la demande » n’est pas du type attendu."


def test_parameters_have_their_place_before_the_pointer() -> None:
    (error,) = field_errors({"type": "integer", "maximum": 5}, 6, "/query/limit")
    assert error.pointer == "/query/limit"
    assert error.detail == "« limit » est trop grand."


def test_a_schema_to_which_connexion_added_all_components_itself_included_is_compiled() -> None:
    schema: dict[str, Any] = {"type": "object"}
    schema["components"] = {"schemas": {"Itself": schema}}
    assert field_errors(schema, {}) == []
    assert [error.code for error in field_errors(schema, [])] == ["type"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "other", "a/b", "~"]), VALUES, max_size=6))
def test_no_value_makes_the_explanation_crash(value: dict[str, Any]) -> None:
    for error in field_errors(SCHEMA, value):
        assert error.pointer == "" or error.pointer.startswith("/")


@pytest.mark.parametrize("member", ["name", "rent", "country", "day", "id", "email", "count", "kind"])
def test_the_refused_value_is_never_repeated(member: str) -> None:
    secret = "Le Goff 1 85 05 78 006 084 91"
    shown = [error.to_json() for error in field_errors(SCHEMA, {**GOOD, member: secret})]
    assert shown
    assert "Goff" not in str(shown)
