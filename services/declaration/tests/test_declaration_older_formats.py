"""Drafts and versions stored before a field existed, and how often a stored draft is parsed."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from declaration.domain import comparison, journey, snapshot
from declaration.domain.declared import STEPS
from declaration.domain.exports import columns
from declaration.models import DeclarationVersion, RentDeclaration
from declaration_cases import GONE, INFORMATION, RENT, SITUATION
from declaration_desk import Desk
from declaration_exchange import lot

FULL = {"information": INFORMATION, "situation": SITUATION, "rent": RENT}
EXPORTED = [
    (step, name, field.export.name or name)
    for step, table in STEPS.items()
    for name, field in table.items()
    if field.export
]
# In each step: that it may lack, in an answer too, and that every format has.
LATER, ALWAYS = {"situation": ("new_address", "left_on")}, {"rent": ("full_month",), "information": ("furnished",)}


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register(lot(1))
    world.open_campaign()
    return Desk(world, world.landlord())


def _save(desk: Desk, path: str, body: dict[str, Any]) -> Any:
    etag = desk.world.get(path, desk.headers).headers["etag"]
    return desk.world.put(f"{path}/draft", desk.headers, body, **{"If-Match": etag})


def _age(desk: Desk, path: str, lacking: dict[str, tuple[str, ...]]) -> None:
    """As if the draft were stored before these fields existed."""
    with desk.world.harness.runtime.transaction() as session:
        row = session.get(RentDeclaration, UUID(path.rsplit("/", 1)[-1]))
        row.draft = {**row.draft, **{step: _without(row.draft[step], names) for step, names in lacking.items()}}


def _without(step: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name not in names}


@pytest.mark.parametrize(
    ("lacking", "following"), [(LATER, "summary"), (ALWAYS, "information")], ids=["later", "always"]
)
def test_a_stored_draft_of_an_older_format_is_shown_listed_written_in_files_and_saved(
    desk: Desk, lacking: dict[str, tuple[str, ...]], following: str
) -> None:
    path = f"/declarations/{desk.drafts()[0]['id']}"
    assert _save(desk, path, FULL).status_code == 200
    _age(desk, path, lacking)
    found = desk.world.get(path, desk.headers)
    assert found.status_code == 200, found.text
    assert found.json()["next_step"] == following
    [row] = desk.drafts()
    assert row["complete"] == (following == "summary")
    for where in ("/declaration-template", "/declarations/export"):
        file = desk.world.get(where, desk.headers, format="csv")
        assert len(list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))) == 2
    assert desk.world.get(f"{path}/history", desk.headers).status_code == 200
    # Once saved again it is complete, whatever it lacked.
    assert _save(desk, path, FULL).json()["next_step"] == "summary"
    with desk.world.harness.runtime.read_only() as session:
        stored = session.get(RentDeclaration, UUID(path.rsplit("/", 1)[-1])).draft
    # PostgreSQL keeps the keys of JSON in an order of its own.
    assert {step: set(stored[step]) for step in STEPS} == {step: set(table) for step, table in STEPS.items()}


@pytest.mark.parametrize(("step", "name", "column"), EXPORTED)
def test_a_version_older_than_a_field_is_exported_with_an_empty_cell(step: str, name: str, column: str) -> None:
    version = columns.Version(**dict.fromkeys(columns.Version.__dataclass_fields__))  # type: ignore[arg-type]
    content = {part: dict.fromkeys(table) for part, table in STEPS.items()}
    del content[step][name]
    object.__setattr__(version, "snapshot", content)
    assert columns.row(version, [column]) == [""]


def test_a_version_of_an_older_format_is_read_and_compared_with_todays(desk: Desk) -> None:
    path = f"/declarations/{desk.drafts()[0]['id']}"
    saved = _save(desk, path, {**FULL, "situation": GONE})
    codes = {one["code"]: "" for one in saved.json()["checks"]["to_confirm"]}
    etag = _save(desk, path, {"confirmations": codes}).headers["etag"]
    sent = desk.world.post(f"{path}/transmission", desk.headers, **{"If-Match": etag, "Idempotency-Key": "a" * 20})
    assert sent.status_code == 201, sent.text
    with desk.world.harness.runtime.read_only() as session:
        stored = session.query(DeclarationVersion).one().snapshot
    older = {**stored, "situation": _without(stored["situation"], ("left_on",))}
    draft = snapshot.draft(older)
    assert journey.load(draft).situation is not None
    [difference] = comparison.differences(draft, snapshot.draft(stored))
    assert (difference["field"], difference["before"]) == ("situation/left_on", "–")


def test_a_request_parses_a_stored_draft_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/declarations/{desk.drafts()[0]['id']}"
    parsed: list[Any] = []
    load = journey.load

    def counted(stored: Any) -> Any:
        parsed.append(stored)
        return load(stored)

    monkeypatch.setattr(journey, "load", counted)
    etag = desk.world.get(path, desk.headers).headers["etag"]
    assert len(parsed) == 1
    parsed.clear()
    answer = desk.world.put(f"{path}/draft", desk.headers, FULL, **{"If-Match": etag})
    # The stored one; the new one is known without parsing it.
    assert (answer.status_code, len(parsed)) == (200, 1)
    assert answer.json()["draft"]["rent"]["rent"] == "415.00"
