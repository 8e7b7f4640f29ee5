"""Results of a benchmark: each figure with the limit measured in the same run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, overload

from rich.console import Console
from rich.table import Table

from tools.workspace import ROOT

FOLDER = ROOT / "var" / "bench"


class Row(TypedDict):
    """A figure as it is written, in this order."""

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    aim: str | None
    met: bool | None


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

    def row(self) -> Row:
        value, limit, ratio = _rounded(self.value), _rounded(self.limit), _rounded(self.ratio)
        return Row(name=self.name, value=value, unit=self.unit, limit=limit, ratio=ratio, aim=self.aim, met=self.met)


def write(name: str, figures: Sequence[Figure], folder: Path = FOLDER) -> Path:
    """Writes `<name>.json`: a list of {name, value, unit, limit, ratio, aim, met}."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    rows = [figure.row() for figure in figures]
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return file


def show(found: Mapping[str, Sequence[Figure]]) -> None:
    """One table, a section for each benchmark."""
    table = Table()
    for heading in ("what", "value", "unit", "limit", "ratio", "aim", "met"):
        table.add_column(heading, justify="left" if heading in ("what", "unit", "aim") else "right")
    for name, figures in found.items():
        table.add_section()
        table.add_row(name.upper())
        for row in (figure.row() for figure in figures):
            met = {None: "", True: "yes", False: "NO"}[row["met"]]
            cells = [row["name"], _text(row["value"]), row["unit"], _text(row["limit"]), _text(row["ratio"])]
            table.add_row(*cells, row["aim"] or "", met)
    Console().print(table)


@overload
def _rounded(number: float) -> float: ...
@overload
def _rounded(number: float | None) -> float | None: ...
def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:,.10g}"
