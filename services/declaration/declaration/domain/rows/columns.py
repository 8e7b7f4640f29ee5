"""Columns of a row: which step and field each one fills, how it is read and shown, its rule and an example."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from declaration.domain.declared import STEPS
from declaration.domain.fields import Amount, Cell, Choice, Day, Declared, Flag, Number
from declaration.domain.journey import LONGEST_REASON
from declaration.domain.rows import cells, same

INFORMATION, SITUATION, RENT, CONFIRMATIONS = "information", "situation", "rent", "confirmations"


@dataclass(frozen=True, slots=True)
class Column:
    """`header`: the title in a file's first line; `read` gives the raw value of the step, `show` its text."""

    header: str
    step: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    rule: str
    example: str
    # How spreadsheets rewrite a value that nobody changed.
    same: Callable[[str, str], bool] = operator.eq
    # None for the columns that confirm.
    field: Declared[Any] | None = None

    def unchanged(self, typed: str, stands: str) -> bool:
        """Whether both texts mean the same."""
        return self.read(typed) == self.read(stands) or self.same(typed, stands)


def _column(step: str, field: Declared[Any], cell: Cell) -> Column:
    rule, example = cell.rule or field.rule, field.example
    match field:
        case Flag():
            return Column(cell.header, step, cells.yes_or_no, cells.from_flag, rule, example, field=field)
        case Day():
            rule, example = "une date au format JJ/MM/AAAA", cells.from_day(field.restore(example))
            return Column(cell.header, step, cells.day, cells.from_day, rule, example, same.day, field)
        case Number():
            return Column(cell.header, step, cells.number, cells.from_number, rule, example, field=field)
        case Amount():
            return Column(cell.header, step, cells.text, cells.from_amount, rule, example, same.amount, field)
        case Choice():
            read, show = cells.choice(field.options), cells.from_choice(field.options)
            return Column(cell.header, step, read, show, rule, show(example), field=field)
    raise TypeError(f"no cell holds a field of kind {field.kind}")


def _in_steps() -> Iterator[tuple[str, Column]]:
    for step, table in STEPS.items():
        for name, field in table.items():
            if field.cell:
                yield name, _column(step, field, field.cell)


IN_STEPS: dict[str, Column] = dict(_in_steps())
COLUMNS: dict[str, Column] = {
    **IN_STEPS,
    "confirm": Column(
        "Je confirme",
        CONFIRMATIONS,
        cells.yes_or_no,
        cells.from_flag,
        "oui pour confirmer tous les points signalés sur cette ligne",
        "oui",
    ),
    "reason": Column(
        "Motif",
        CONFIRMATIONS,
        cells.text,
        cells.text,
        f"un texte de {LONGEST_REASON} caractères au plus",
        "Loyer révisé au 1er juillet selon l’IRL",
    ),
}


def at(pointer: str) -> str:
    """The column of a step's error; empty for an error on the whole row."""
    step, _, field = pointer.strip("/").partition("/")
    if step == CONFIRMATIONS:
        return "reason" if field else "confirm"
    column = COLUMNS.get(field)
    return field if column and column.step == step else ""
