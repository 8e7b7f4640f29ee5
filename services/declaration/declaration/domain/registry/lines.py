"""Reading the registry file's header and lines: everything wrong with a line at once, never the value itself."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from declaration.domain.registry.columns import COLUMNS, MANDATORY_COLUMNS

DELIMITER = ";"
# How a line that cannot be cut into columns should begin.
EXAMPLE = DELIMITER.join([*(column.example for column in list(COLUMNS.values())[:5]), "…"])


class FileRefusedError(ValueError):
    """The whole file is refused; the sentence, in French, says why and what to do."""


class UnreadableLineError(ValueError):
    """The line cannot be cut into columns."""


@dataclass(frozen=True, slots=True)
class Header:
    """The known columns by place, and those that are ignored."""

    names: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong at one place of the file: line (the header is 1), column, rule, sentence, example."""

    line: int
    column: str
    rule: str
    message: str
    example: str


def cut(line: str) -> list[str]:
    """One physical line into values. Each line is cut alone, so that a stray quote spoils its own line only."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=DELIMITER, strict=True), [])
    except csv.Error:
        raise UnreadableLineError("Un guillemet n’est pas fermé, ou la ligne est trop longue.") from None


def header(line: str) -> Header:
    """Raises FileRefusedError when mandatory columns are absent or a column comes twice."""
    try:
        names = tuple(name.strip().lower() for name in cut(line.lstrip("\ufeff")))
    except UnreadableLineError:
        raise FileRefusedError("La première ligne, qui nomme les colonnes, n’est pas lisible.") from None
    absent = sorted(MANDATORY_COLUMNS - set(names), key=list(COLUMNS).index)
    if absent:
        raise FileRefusedError(
            f"Colonnes obligatoires absentes : {', '.join(absent)}. La première ligne nomme les colonnes,"
            " séparées par des points-virgules."
        )
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise FileRefusedError(f"Colonnes présentes deux fois : {', '.join(twice)}.")
    return Header(names, tuple(name for name in names if name and name not in COLUMNS))


def read(values: Sequence[str], header: Header, number: int) -> tuple[dict[str, Any] | None, list[LineError]]:
    """The line's typed values by column, or None with every error of it."""
    if len(values) != len(header.names):
        rule = f"{len(header.names)} colonnes, comme la première ligne"
        return None, [LineError(number, "", rule, f"Cette ligne a {len(values)} colonnes.", EXAMPLE)]
    row = {name: value.strip() for name, value in zip(header.names, values, strict=True)}
    read_values: dict[str, Any] = {}
    errors = []
    for name, column in COLUMNS.items():
        value = row.get(name, "")
        read_values[name] = None
        if not value:
            if column.mandatory(row):
                errors.append(_error(number, name, "Cette valeur est obligatoire."))
            continue
        try:
            read_values[name] = column.read(value)
        except ValueError as error:
            errors.append(_error(number, name, str(error)))
    errors += _disagreements(read_values, number)
    return (None, errors) if errors else (read_values, [])


def _disagreements(row: dict[str, Any], number: int) -> list[LineError]:
    start, end = row["lease_start"], row["lease_end"]
    if start and end and end < start:
        return [_error(number, "lease_end", "La fin du bail précède son début.")]
    return []


def _error(number: int, name: str, message: str) -> LineError:
    column = COLUMNS[name]
    return LineError(number, name, column.rule, message, column.example)


def foreign_caf(number: int) -> LineError:
    """For a line of another Caf than the one that sends the file."""
    return _error(number, "caf_code", "Cette ligne est celle d’une autre Caf que la vôtre.")


def unreadable(number: int, message: str) -> LineError:
    """For a line that could not be cut into columns."""
    return LineError(number, "", "une ligne de texte UTF-8, colonnes séparées par ;", message, EXAMPLE)
