"""Errors of a row, per cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CellError:
    """`column` is empty for the whole row; never holds the value itself."""

    column: str
    code: str
    detail: str
    rule: str = ""
    example: str = ""
