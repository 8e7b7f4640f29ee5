"""What the contracts' types say, and that those of the repository are fresh."""

from pathlib import Path
from typing import Any

import pytest

from tools import contract_types
from tools.schema_types import Definition, Types, in_order, merged

PLACE = {"type": "object", "required": ["zone"], "properties": {"zone": {"type": "string"}}}


def source(schema: dict[str, Any], *, literals: bool = True, **schemas: Any) -> dict[str, str]:
    types = Types({"components": {"schemas": schemas}}, literals=literals)
    types.add("It", schema)
    return {name: one.source for name, one in types.definitions.items()}


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": "string", "format": "date"}, "str"),
        ({"type": ["integer", "null"]}, "int | None"),
        ({"type": ["null", "string"]}, "str | None"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"type": "object"}, "dict[str, object]"),
        ({"enum": ["a", None]}, "Literal['a', None]"),
        ({"const": "a"}, "Literal['a']"),
        ({"oneOf": [{"$ref": "#/components/schemas/Day"}, {"type": "null"}]}, "Day | None"),
        ({"$ref": "#/components/schemas/Part/properties/zone"}, "str"),
        ({}, "object"),
    ],
)
def test_each_kind_of_value_has_its_annotation(schema: dict[str, Any], annotation: str) -> None:
    assert source(schema, Day={"type": "string"}, Part=PLACE)["It"] == f"It: TypeAlias = {annotation}"


def test_an_object_is_a_class_and_so_is_an_object_inside_it() -> None:
    schema = {
        "type": "object",
        "required": ["scopes", "place"],
        "properties": {
            "scopes": {"type": "array", "items": PLACE},
            "place": {"oneOf": [PLACE, {"type": "null"}]},
            "note": {"type": "string"},
        },
    }
    assert source(schema) == {
        "It": "class It(TypedDict):\n    scopes: list[ItScope]\n    place: ItPlace | None\n    note: NotRequired[str]",
        "ItScope": "class ItScope(TypedDict):\n    zone: str",
        "ItPlace": "class ItPlace(TypedDict):\n    zone: str",
    }


def test_a_key_that_is_no_name_in_python_is_kept() -> None:
    period = {"type": "object", "required": ["from"], "properties": {"from": {"type": "string"}}}
    assert source(period)["It"] == 'It = TypedDict("It", {"from": str})'


def test_a_part_of_another_schema_has_the_name_of_its_place() -> None:
    whole = {"type": "object", "required": ["scopes"], "properties": {"scopes": {"type": "array", "items": PLACE}}}
    reference = {"$ref": "#/components/schemas/Whole/properties/scopes"}
    assert source(reference, Whole=whole)["It"] == "It: TypeAlias = list[WholeScope]"


def test_two_objects_never_share_a_name() -> None:
    number = {"type": "object", "properties": {"number": {"type": "string"}}}
    schema = {"type": "object", "properties": {"scopes": {"type": "array", "items": PLACE}, "scope": number}}
    with pytest.raises(ValueError, match="ItScope"):
        source(schema)


def test_handlers_called_alike_in_two_rooms_are_told_apart() -> None:
    paths = {f"/{room}": {"get": {"operationId": f"it.{room}.api.list_all"}} for room in ("answers", "exports")}
    paths["/one"] = {"get": {"operationId": "it.answers.api.get_one"}}
    assert set(contract_types.operations({"paths": paths})) == {"AnswersListAll", "ExportsListAll", "GetOne"}


def test_a_publisher_gives_text_where_the_reader_gets_the_values() -> None:
    role = {"enum": ["administrator", "user"]}
    assert source(role)["It"] == "It: TypeAlias = Literal['administrator', 'user']"
    assert source(role, literals=False)["It"] == "It: TypeAlias = str"


def test_what_an_alias_uses_comes_before_it() -> None:
    ordered = in_order([Definition("A", "A: TypeAlias = list[B]"), Definition("B", "class B(TypedDict):\n    pass")])
    assert [one.name for one in ordered] == ["B", "A"]


def test_parts_that_are_alike_become_one_and_one_that_differs_keeps_its_long_name() -> None:
    alike = [Definition(f"{event}Caf", f"class {event}Caf(TypedDict):\n    name: str", "Caf") for event in "PQ"]
    other = Definition("RCaf", "class RCaf(TypedDict):\n    code: str", "Caf")
    user = Definition("Q", "class Q(TypedDict):\n    caf: QCaf")
    found = {one.name: one.source for one in merged([*alike, other, user])}
    assert set(found) == {"Caf", "RCaf", "Q"}
    assert found["Q"] == "class Q(TypedDict):\n    caf: Caf"


def test_the_types_of_the_repository_are_those_of_its_contracts() -> None:
    written = contract_types.modules()
    assert contract_types.stale(written) == []
    assert max(text.count("\n") for text in written.values()) < contract_types.LONGEST


def test_a_module_that_differs_and_one_that_is_left_over_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract_types, "ROOT", tmp_path)
    for name in ("same", "edited", "left"):
        file = tmp_path / contract_types.PORTAL / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    of_a_service = Path("services/declaration/declaration/api_types/left.py")
    (tmp_path / of_a_service).parent.mkdir(parents=True)
    (tmp_path / of_a_service).write_text("")
    same, edited, missing = (contract_types.PORTAL / f"{name}.py" for name in ("same", "edited", "missing"))
    stale = contract_types.stale({same: "same", edited: "other", missing: ""})
    assert stale == sorted([edited, missing, of_a_service, contract_types.PORTAL / "left.py"])
