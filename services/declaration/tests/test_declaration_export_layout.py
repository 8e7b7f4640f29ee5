"""The columns of a batch: the days of what came on paper, and those of a format that was in use before."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chassis import clock
from declaration.domain.exports import columns, manifest
from declaration.domain.exports.columns import COLUMNS
from declaration_exchange import archive, declare, opened, opened_archive, ready, type_paper


@pytest.fixture
def landlord(world: Any) -> dict[str, str]:
    headers: dict[str, str] = world.landlord()
    return headers


def test_what_came_on_paper_says_when_it_was_posted_and_arrived_and_nothing_else_does(
    world: Any, landlord: dict[str, str]
) -> None:
    online, on_paper = opened(world, 2)
    declare(world, online, landlord)
    type_paper(world, on_paper, world.agent())
    lines, *_ = opened_archive(archive(world, ready(world)))
    days = {line["declaration_id"]: (line["channel"], line["received_on"], line["posted_on"]) for line in lines}
    assert days == {online: ("web", "", ""), on_paper: ("paper", clock.today().isoformat(), "")}
    version = columns.Version(
        declaration_id=on_paper,
        version=1,
        supersedes=None,
        campaign_year=2026,
        reference="R26-8K3M-W2QT-5YBN-0XCD",
        sha256="",
        transmitted_at=clock.now(),
        late=False,
        channel="paper",
        received_on=date(2026, 9, 1),
        posted_on=date(2026, 8, 31),
        reason=None,
        question=None,
        snapshot={},
    )
    assert columns.row(version, ["received_on", "posted_on"]) == ["2026-09-01", "2026-08-31"]


def test_a_lost_file_of_an_earlier_format_is_made_again_as_it_was(
    world: Any, landlord: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (declaration,) = opened(world)
    declare(world, declaration, landlord)
    first = manifest.Layout("offre-bailleurs/export/1", tuple(COLUMNS)[:-2])
    with monkeypatch.context() as earlier:
        earlier.setattr(manifest, "layout", lambda _written: first)
        found = ready(world)
    (file,) = Path(world.folder, "storage").rglob("*.zip")
    before = file.read_bytes()
    file.unlink()
    lines, told, raw, _ = opened_archive(archive(world, found))
    assert (told["format"], told["columns"]) == (first.format, list(first.columns))
    assert list(lines[0]) == list(first.columns)
    assert told["files"][0]["sha256"] == hashlib.sha256(raw).hexdigest()
    assert file.read_bytes() == before
