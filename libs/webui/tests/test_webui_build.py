import importlib.util
import json
import shutil
import time
from pathlib import Path

import pytest
from webui import build

ROOT = build.PACKAGE.parent


def test_the_lock_names_no_host() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text()


def test_nothing_is_done_when_no_input_changed() -> None:
    build.build()
    started = time.perf_counter()
    assert build.build() is False
    assert time.perf_counter() - started < 0.2


def test_a_changed_style_sheet_changes_the_mark(tmp_path: Path) -> None:
    for folder in ("scss", "js", "img"):
        (tmp_path / folder).mkdir()
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    style = tmp_path / "scss" / "app.scss"
    style.write_text("a {}")
    before = build.fingerprint(tmp_path)
    style.write_text("b {}")
    assert build.fingerprint(tmp_path) != before


def test_files_are_named_by_content_and_name_each_other_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "STATIC", tmp_path / "static")
    build.write({"lib.js": b"1", "page.js": b'import "./lib.js"'}, "mark")
    names = json.loads((tmp_path / "static/manifest.json").read_text())["files"]
    assert names["lib.js"] != "lib.js"
    assert (tmp_path / "static" / names["page.js"]).read_text() == f'import "./{names["lib.js"]}"'


def test_without_npm_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(build.BuildError, match=r"Node.js >= 20"):
        build.tools()
