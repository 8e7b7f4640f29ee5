"""Run by `test_tools_adding_a_field.py` in a copy of the repository where docs/adding-a-field.md was followed."""

import csv
import io
from typing import Any
from uuid import UUID

import declaration
import documents
import pytest
from declaration.domain.exports.columns import FORMAT
from declaration.models import RentDeclaration
from declaration_cases import INFORMATION, RENT, SITUATION
from declaration_desk import Desk, named
from declaration_exchange import archive, lot, opened_archive, ready
from documents.rendering import recap_rows

NAME = "parking_included"
FULL = {"information": INFORMATION, "situation": SITUATION, "rent": {**RENT, NAME: True}}


@pytest.fixture
def desk(world: Any) -> Desk:
    world.register(lot(1))
    world.open_campaign()
    return Desk(world, world.landlord())


def save(desk: Desk, path: str, body: dict[str, Any]) -> Any:
    etag = desk.world.get(path, desk.headers).headers["etag"]
    return desk.world.put(f"{path}/draft", desk.headers, body, **{"If-Match": etag})


def path_of(desk: Desk) -> str:
    return f"/declarations/{desk.drafts()[0]['id']}"


def test_the_copy_is_what_runs() -> None:
    assert "site-packages" not in declaration.__file__
    assert declaration.__file__.split("/services/")[0] == documents.__file__.split("/services/")[0]


def test_the_field_is_saved_shown_on_its_row_and_filled_in_a_file(desk: Desk) -> None:
    path = path_of(desk)
    answer = save(desk, path, FULL)
    assert answer.json()["draft"]["rent"][NAME] is True
    [error] = save(desk, path, {"rent": {**RENT, NAME: "peut-être"}}).json()["errors"]
    assert (error["pointer"], error["rule"]) == (f"/rent/{NAME}", "oui ou non")
    [row] = desk.drafts()
    assert row["cells"][NAME] == "oui"
    typed = {"rows": [{**named(row), "cells": {NAME: "non"}}]}
    [saved] = desk.world.put("/drafts", desk.headers, typed).json()["items"]
    assert (saved["outcome"], saved["row"]["cells"][NAME]) == ("saved", "non")
    template = desk.template()
    assert desk.rows(template)[0]["Stationnement compris"] == "non"
    checked = desk.checked(desk.filled(template, {NAME: "oui"}))
    desk.apply(checked["id"])
    assert desk.world.get(path, desk.headers).json()["draft"]["rent"][NAME] is True
    workbook = desk.template("xlsx")
    assert workbook.startswith(b"PK")


def test_the_field_is_transmitted_compared_exported_and_on_the_recap(desk: Desk) -> None:
    world, path = desk.world, path_of(desk)
    etag = save(desk, path, FULL).headers["etag"]
    assert world.post(f"{path}/transmission", desk.headers, **{"If-Match": etag}).status_code == 201
    [event] = world.harness.published("declaration.transmitted.v1")
    snapshot = event.personal["snapshot"]
    assert snapshot["rent"][NAME] is True
    terms = recap_rows.rent(snapshot["rent"], 2026)["terms"]
    assert ("Stationnement compris", "Oui") in terms
    lines, told, *_ = opened_archive(archive(world, ready(world)))
    assert (lines[0][NAME], told["format"], list(lines[0])[-1]) == ("1", FORMAT, NAME)
    assert FORMAT == "offre-bailleurs/export/3"
    reason = {"reason": "La place n’est pas comprise"}
    assert world.post(f"{path}/amendments", desk.headers, reason, **{"If-Match": '"9"'}).status_code == 201
    save(desk, path, {"rent": {**RENT, NAME: False}})
    [difference] = world.get(f"{path}/history", desk.headers).json()["correction"]
    assert difference == {
        "field": f"rent/{NAME}",
        "label": "Stationnement compris",
        "before": "oui",
        "after": "non",
    }


def test_a_draft_and_a_version_saved_before_the_field_read_as_not_answered_yet(desk: Desk) -> None:
    path = path_of(desk)
    save(desk, path, FULL)
    with desk.world.harness.runtime.transaction() as session:
        row = session.get(RentDeclaration, UUID(path.rsplit("/", 1)[-1]))
        row.draft = {**row.draft, "rent": {name: value for name, value in row.draft["rent"].items() if name != NAME}}
    found = desk.world.get(path, desk.headers)
    assert (found.status_code, found.json()["draft"]["rent"][NAME], found.json()["next_step"]) == (200, None, "summary")
    [line] = desk.drafts()
    assert (line["cells"][NAME], line["complete"]) == ("", True)
    file = csv.DictReader(io.StringIO(desk.template().decode("utf-8-sig")), delimiter=";")
    assert next(iter(file))["Stationnement compris"] == ""
    sent = {"If-Match": found.headers["etag"]}
    assert desk.world.post(f"{path}/transmission", desk.headers, **sent).status_code == 201
    lines, *_ = opened_archive(archive(desk.world, ready(desk.world)))
    assert lines[0][NAME] == ""
