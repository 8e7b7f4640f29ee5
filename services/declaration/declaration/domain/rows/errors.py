"""What is wrong with a row, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CellError:
    """`column` is empty for the row as a whole; never the value itself."""

    column: str
    code: str
    detail: str
    rule: str = ""
    example: str = ""
