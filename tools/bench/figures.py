"""Results of a benchmark: each figure with the limit measured in the same run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.workspace import ROOT

FOLDER = ROOT / "var" / "bench"


@dataclass(frozen=True)
class Figure:
    """`limit`: the bare cost of the same work in the same run and unit; machines differ, the ratio hardly does."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    # The target, in words, and whether it was met; None where there is no target.
    aim: str | None = None
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    def row(self) -> dict[str, Any]:
        rounded = {"value": _rounded(self.value), "limit": _rounded(self.limit), "ratio": _rounded(self.ratio)}
        return {**asdict(self), **rounded}


def write(name: str, figures: Sequence[Figure], folder: Path = FOLDER) -> Path:
    """Writes `<name>.json`: a list of {name, value, unit, limit, ratio, aim, met}."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    order = ("name", "value", "unit", "limit", "ratio", "aim", "met")
    rows = [{key: row[key] for key in order} for row in (figure.row() for figure in figures)]
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return file


def show(name: str, figures: Sequence[Figure]) -> None:
    table = Table(title=name)
    for heading in ("what", "value", "unit", "limit", "ratio", "aim", "met"):
        table.add_column(heading, justify="left" if heading in ("what", "unit", "aim") else "right")
    for row in (figure.row() for figure in figures):
        met = {None: "", True: "yes", False: "NO"}[row["met"]]
        cells = [row["name"], _text(row["value"]), row["unit"], _text(row["limit"]), _text(row["ratio"])]
        table.add_row(*cells, row["aim"] or "", met)
    Console().print(table)


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:,.10g}"
