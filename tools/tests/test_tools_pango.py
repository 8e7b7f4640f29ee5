"""Set-up installs Pango where it may, says the line to copy where it may not, and never stops for it."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import pango
from tools.workspace import ROOT


# Any: what a test says of the machine.
@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Without Pango: its package manager, whether one is root, what was run, and whether installing works."""
    is_: dict[str, Any] = {"manager": "apt-get", "root": True, "works": True, "ran": []}
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == is_["manager"] else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if is_["root"] else 1000)

    def run(command: tuple[str, ...], **_: object) -> None:
        is_["ran"].append(command)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(pango, "missing", lambda _: [] if is_["ran"] and is_["works"] else ["libpango-1.0.so.0"])
    return is_


def said(capsys: pytest.CaptureFixture[str], **environment: str) -> str:
    pango.ensure(ROOT, environment)
    return capsys.readouterr().out


def test_root_on_debian_gets_it_installed_and_is_told(
    machine: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys).endswith("done\n")
    update, install = machine["ran"]
    assert update[-1] == "update"
    assert set(pango.APT) < set(install)
    assert "--no-install-recommends" in install


@pytest.mark.parametrize(
    ("change", "environment"), [({"root": False}, {}), ({}, {pango.ALLOWED: "0"})], ids=["not root", "forbidden"]
)
def test_who_may_not_install_gets_the_line_to_copy(
    machine: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    environment: dict[str, str],
) -> None:
    machine |= change
    assert f"documents wait for it. To install it: {pango.BY_HAND['apt-get']}" in said(capsys, **environment)
    assert machine["ran"] == []


def test_an_installation_that_fails_is_said_with_the_line_to_copy(
    machine: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    machine["works"] = False
    text = said(capsys)
    assert "failed" in text
    assert pango.BY_HAND["apt-get"] in text


@pytest.mark.parametrize("manager", ["dnf", "apk", "brew"])
def test_each_system_has_its_line(machine: dict[str, Any], capsys: pytest.CaptureFixture[str], manager: str) -> None:
    machine["manager"] = manager
    assert pango.BY_HAND[manager] in said(capsys)
    assert machine["ran"] == []


def test_an_unknown_system_is_sent_to_the_documentation(
    machine: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    machine["manager"] = None
    assert "https://" in said(capsys)


def test_where_it_is_there_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert pango.missing(ROOT) == []
    assert said(capsys) == ""


def test_without_the_documents_service_nothing_is_looked_for(tmp_path: Path) -> None:
    assert pango.missing(tmp_path) == []


def test_the_image_installs_the_same_packages() -> None:
    dockerfile = (ROOT / "deploy" / "images" / "Dockerfile").read_text(encoding="utf-8")
    assert " ".join(pango.APT) in dockerfile
