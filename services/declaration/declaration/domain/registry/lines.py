"""Reads the header and lines of the registry file: all errors of a line at once, never with the value itself."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from declaration.domain.registry.columns import COLUMNS, Column, always, may_be_empty

DELIMITER = ";"
ERROR, WARNING = "error", "warning"
# Values of a line by column; each has the type that its column's reader gives.
Values = dict[str, Any]
MOST_UNKNOWN, LONGEST_UNKNOWN = 100, 60


@dataclass(frozen=True)
class Format:
    """A kind of file: its columns, and the rules between their values."""

    columns: Mapping[str, Column]
    disagreements: Callable[[Mapping[str, Any], int], list[LineError]]

    @property
    def mandatory(self) -> frozenset[str]:
        """A file without these columns is unusable: it is refused whole."""
        return frozenset(name for name, column in self.columns.items() if column.mandatory in (always, may_be_empty))

    @property
    def example(self) -> str:
        """How a line that cannot be split into columns should begin."""
        return DELIMITER.join([*(column.example for column in list(self.columns.values())[:5]), "…"])

    def error(self, number: int, name: str, message: str) -> LineError:
        column = self.columns[name]
        return LineError(number, name, column.rule, message, column.example)


class FileRefusedError(ValueError):
    """The whole file is refused; the sentence, in French, says why and what to do."""


class UnreadableLineError(ValueError):
    """The line cannot be split into columns."""


@dataclass(frozen=True, slots=True)
class Header:
    """The known columns by place, and the ignored ones."""

    names: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineError:
    """An error or warning at one place of the file: line (the header is 1), column, rule, sentence, example.

    A line with a warning is imported; one with an error is not.
    """

    line: int
    column: str
    rule: str
    message: str
    example: str
    severity: str = ERROR


def cut(line: str) -> list[str]:
    """Splits one physical line. Each line is split alone, so that a stray quote spoils its own line only."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=DELIMITER, strict=True), [])
    except csv.Error:
        raise UnreadableLineError("Un guillemet n’est pas fermé, ou la ligne est trop longue.") from None


def _disagreements(row: Mapping[str, Any], number: int) -> list[LineError]:
    start, end = row["lease_start"], row["lease_end"]
    if start and end and end < start:
        return [REGISTRY.error(number, "lease_end", "La fin du bail précède son début.")]
    return []


REGISTRY = Format(COLUMNS, _disagreements)


def header(line: str, of: Format = REGISTRY) -> Header:
    """Raises FileRefusedError when mandatory columns are absent or a column comes twice."""
    try:
        names = tuple(name.strip().lower() for name in cut(line.lstrip("\ufeff")))
    except UnreadableLineError:
        raise FileRefusedError("La première ligne, qui nomme les colonnes, n’est pas lisible.") from None
    absent = sorted(of.mandatory - set(names), key=list(of.columns).index)
    if absent:
        raise FileRefusedError(
            f"Colonnes obligatoires absentes : {', '.join(absent)}. La première ligne nomme les colonnes,"
            " séparées par des points-virgules."
        )
    twice = sorted({name for name in names if name in of.columns and names.count(name) > 1})
    if twice:
        raise FileRefusedError(f"Colonnes présentes deux fois : {', '.join(twice)}.")
    unknown = (_shown(name) for name in names if name and name not in of.columns)
    return Header(names, tuple(islice(unknown, MOST_UNKNOWN)))


def _shown(name: str) -> str:
    """The name of an unknown column, safe for a page and for any database."""
    return "".join(letter if letter.isprintable() else " " for letter in name)[:LONGEST_UNKNOWN]


def read(
    values: Sequence[str], header: Header, number: int, of: Format = REGISTRY
) -> tuple[Values | None, list[LineError]]:
    """The line's typed values by column, or None with all errors of the line."""
    if len(values) != len(header.names):
        rule = f"{len(header.names)} colonnes, comme la première ligne"
        return None, [LineError(number, "", rule, f"Cette ligne a {len(values)} colonnes.", of.example)]
    row = {name: value.strip() for name, value in zip(header.names, values, strict=True)}
    read_values: Values = {}
    errors = []
    for name, column in of.columns.items():
        value = row.get(name, "")
        read_values[name] = None
        if not value:
            if column.mandatory(row):
                errors.append(of.error(number, name, "Cette valeur est obligatoire."))
            continue
        try:
            read_values[name] = column.read(value)
        except ValueError as error:
            errors.append(of.error(number, name, str(error)))
    errors += of.disagreements(read_values, number)
    return (None, errors) if errors else (read_values, [])


def foreign_caf(number: int) -> LineError:
    """The error for a line of a Caf other than the sender's."""
    return REGISTRY.error(number, "caf_code", "Cette ligne est celle d’une autre Caf que la vôtre.")


def not_yours(number: int) -> LineError:
    """The error for a user number of another Caf: it reveals neither whose, nor whether it exists."""
    rule, message = "un N° que votre Caf attribue", "Ce N° n’est celui d’aucun bailleur que votre Caf peut modifier."
    return LineError(number, "user_number", rule, message, COLUMNS["user_number"].example)


def unreadable(number: int, message: str, of: Format = REGISTRY) -> LineError:
    """The error for a line that cannot be split."""
    return LineError(number, "", "une ligne de texte UTF-8, colonnes séparées par ;", message, of.example)
