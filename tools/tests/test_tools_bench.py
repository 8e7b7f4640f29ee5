import json
from pathlib import Path

import pytest

import tools.bench.__main__ as bench_main
from tools.bench import figures, gateway
from tools.bench.__main__ import main, names
from tools.bench.figures import Figure, show, write


def test_what_is_written_names_value_limit_ratio_and_aim(tmp_path: Path) -> None:
    file = write("example", [Figure("sign-ins", 30, "a second", limit=40, aim=">= 0.6", met=True)], tmp_path)
    assert json.loads(file.read_text()) == [
        {"name": "sign-ins", "value": 30, "unit": "a second", "limit": 40, "ratio": 0.75, "aim": ">= 0.6", "met": True}
    ]


def test_a_figure_without_limit_has_no_ratio(tmp_path: Path) -> None:
    file = write("example", [Figure("failed", 0, "calls")], tmp_path)
    assert json.loads(file.read_text())[0]["ratio"] is None


def test_a_missed_aim_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show({"example": [Figure("rows", 1, "a second", limit=10, aim=">= 0.5", met=False)]})
    assert "NO" in capsys.readouterr().out


def test_an_unknown_benchmark_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identiti"]) == 2
    assert "gateway" in capsys.readouterr().out


@pytest.mark.parametrize(("met", "code"), [(True, 0), (None, 0), (False, 1)])
def test_a_missed_aim_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, met: bool | None, code: int
) -> None:
    monkeypatch.setattr(gateway, "figures", lambda: [Figure("a call", 3, "µs", limit=1, aim="<= 2", met=met)])
    monkeypatch.setattr(figures, "write", lambda name, found: write(name, found, tmp_path))
    monkeypatch.setattr(bench_main, "ROOT", tmp_path)
    assert main(["gateway"]) == code
    assert ("gateway: a call" in capsys.readouterr().out.splitlines()[-1]) is bool(code)


def test_one_that_cannot_be_taken_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> list[Figure]:
        raise FileNotFoundError("no envoy")

    monkeypatch.setattr(gateway, "figures", refused)
    assert main(["gateway"]) == 1
    assert "not taken: gateway" in capsys.readouterr().out


def test_each_benchmark_can_be_asked_for_its_figures() -> None:
    from importlib import import_module  # noqa: TID251 - names are found at run time

    assert all(callable(import_module(f"tools.bench.{name}").figures) for name in names())
