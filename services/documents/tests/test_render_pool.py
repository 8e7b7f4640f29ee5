"""Rendering in processes of its own."""

import json
import multiprocessing
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar, cast

import pytest
from chassis.inbox import NotYet
from chassis.settings import SettingsError
from documents import render_pool
from documents.app import service
from documents.rendering import pango
from documents.rendering.batch_recap import BatchRecap, render_batch_recap
from documents.rendering.letters import Letter
from documents.rendering.recap import Recap, render_recap
from documents.settings import Settings
from documents_world import Data

Made = TypeVar("Made")


@pytest.fixture
def batch_recap() -> BatchRecap:
    folder = service.resource("events").parents[1] / "declaration" / "events"
    example = json.loads((folder / "lot_transmitted.v1.json").read_text())["examples"][0]
    return BatchRecap(
        reference=example["data"]["reference"],
        campaign_year=2026,
        transmitted_at=datetime(2026, 9, 2, 8, 15, tzinfo=UTC),
        personal=example["personal"],
        public_url="https://bailleurs.example",
    )


@pytest.fixture
def settings() -> Iterator[Settings]:
    yield Settings(service="documents", environment="test", render_processes=1, render_recycle_after=2)
    render_pool.close()


def test_another_process_makes_the_same_bytes_even_after_it_was_replaced(
    settings: Settings, recap: Callable[..., Recap]
) -> None:
    made = [render_pool.make_recap(settings, recap()).pdf for _ in range(3)]
    assert made == [render_recap(recap()).pdf] * 3


def test_a_page_that_does_not_end_is_stopped_and_the_next_one_is_made(
    settings: Settings, recap: Callable[..., Recap], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A regular expression that backtracks for ever stands for a layout that does not end: any function of the
    # standard library can be sent to another process.
    monkeypatch.setattr(render_pool, "render_recap", partial(re.fullmatch, "(a|a)*b"))
    hurried = Settings(service="documents", environment="test", render_recycle_after=2, render_seconds=1)
    with pytest.raises(TimeoutError):
        render_pool.make_recap(hurried, cast("Recap", "a" * 60))
    monkeypatch.undo()
    assert render_pool.make_recap(settings, recap()).pages == 1


def test_a_page_that_asks_for_too_much_memory_fails_and_the_next_one_is_made(
    settings: Settings, recap: Callable[..., Recap], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bytes of this length stand for a layout that grows for ever.
    monkeypatch.setattr(render_pool, "render_recap", bytes)
    greedy = Settings(service="documents", environment="test", render_recycle_after=2, render_megabytes=1_000)
    with pytest.raises(MemoryError):
        render_pool.make_recap(greedy, cast("Recap", 2_000_000_000))
    monkeypatch.undo()
    assert render_pool.make_recap(settings, recap()).pages == 1


def drawn(make: Callable[[], Made]) -> Made:
    """What is made, by as many tries as it takes."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with suppress(render_pool.StillDrawing):
            return make()
        time.sleep(0.05)
    raise TimeoutError


def test_a_long_document_is_drawn_while_its_event_waits(settings: Settings, batch_recap: BatchRecap) -> None:
    with pytest.raises(render_pool.StillDrawing):
        render_pool.make_batch_recap(settings, batch_recap)
    assert drawn(lambda: render_pool.make_batch_recap(settings, batch_recap)) == render_batch_recap(batch_recap)
    # Nothing is left of it: the same again is drawn again.
    with pytest.raises(render_pool.StillDrawing):
        render_pool.make_batch_recap(settings, batch_recap)


def test_a_long_document_that_fails_says_so_once_and_is_begun_again(
    settings: Settings, batch_recap: BatchRecap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_pool, "render_batch_recap", int)
    with pytest.raises(TypeError):
        drawn(lambda: render_pool.make_batch_recap(settings, batch_recap))
    monkeypatch.undo()
    assert drawn(lambda: render_pool.make_batch_recap(settings, batch_recap)).pages == 1


def test_long_documents_that_nobody_comes_back_for_are_given_up(
    settings: Settings, batch_recap: BatchRecap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_pool, "MOST_BEGUN", 2)
    for reference in ("L1", "L2", "L3"):
        with pytest.raises(render_pool.StillDrawing):
            render_pool.make_batch_recap(settings, replace(batch_recap, reference=reference))
    assert list(render_pool._begun) == ["L2", "L3"]


def _process(_: Letter) -> int:
    return os.getpid()


def test_a_letter_of_many_tenants_gets_a_process_that_ends_with_it(
    settings: Settings, letter: Callable[..., Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_pool, "render_letter", _process)
    [tenant] = letter("july").variables["tenants"]
    few, many = ([tenant] * count for count in (render_pool.MANY_TENANTS, render_pool.MANY_TENANTS + 1))
    wanted = {"few": letter("july", variables={"tenants": few}), "many": letter("july", variables={"tenants": many})}
    drawn_by = {
        count: {drawn(partial(render_pool.make_letter, settings, one, "1")) for _ in range(2)}
        for count, one in wanted.items()
    }
    assert {count: len(processes) for count, processes in drawn_by.items()} == {"few": 1, "many": 2}


def test_without_pango_nothing_is_drawn_and_the_event_waits(
    settings: Settings, recap: Callable[..., Recap], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pango, "LIBRARIES", (("libnothing.so.0",),))
    with pytest.raises(NotYet, match=r"libnothing\.so\.0"):
        render_pool.make_recap(settings, recap())
    monkeypatch.undo()
    assert render_pool.make_recap(settings, recap()).pages == 1


def _serve_one(wanted: Recap) -> None:
    settings = Settings(service="documents", environment="test", render_processes=1)
    assert render_pool.make_recap(settings, wanted).pages == 1


def test_a_server_process_that_rendered_ends_at_once_when_asked(recap: Callable[..., Recap]) -> None:
    # As granian runs an application: in a forked child, which waits for its own children before it ends.
    render_pool.close()
    server = multiprocessing.get_context("fork").Process(target=_serve_one, args=(recap(),))
    server.start()
    server.join(timeout=15)
    ended = server.exitcode
    server.kill()
    assert ended == 0


@pytest.mark.parametrize(
    "wrong", [{"render_processes": -1}, {"render_seconds": 0}, {"render_megabytes": 0}, {"retention_years": 0}]
)
def test_a_setting_that_makes_no_sense_is_refused_by_its_key(wrong: Data) -> None:
    with pytest.raises(SettingsError, match=f"BAILLEURS_{next(iter(wrong)).upper()}"):
        Settings(service="documents", environment="test", **wrong)
