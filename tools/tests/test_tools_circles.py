from __future__ import annotations

from pathlib import Path

import pytest

from tools import circles


def test_a_circle_is_found_however_far_around() -> None:
    assert circles.circle({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]})[0] in "bcd"
    assert circles.circle({"a": ["b", "c"], "b": ["c"], "c": []}) == []


@pytest.mark.parametrize(
    "inner",
    [
        "import roundabout.outer",
        "from roundabout import outer",
        "def late() -> None:\n    from roundabout import outer",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from roundabout.outer import Word",
    ],
)
def test_an_import_within_a_function_or_for_types_makes_a_circle_too(
    inner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "roundabout"
    package.mkdir()
    for name, text in {"__init__": "", "outer": "from roundabout import inner", "inner": inner}.items():
        (package / f"{name}.py").write_text(f"{text}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(circles, "ROOT", tmp_path)
    assert set(circles.circle(circles.imports_of("roundabout"))) == {"roundabout.outer", "roundabout.inner"}


def test_every_package_is_looked_at() -> None:
    assert {"chassis", "runner", "webui", "identity", "declaration", "portal", "launcher"} <= set(circles.packages())
