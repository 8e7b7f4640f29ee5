"""Kinds of declared field: how each is read, stored and described to people. The table itself is `declared`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, cast

import marshmallow
from chassis.french import money, postal
from chassis.problems import FieldError

from declaration.domain import readers

T = TypeVar("T")
# How a value is stored in a draft and sent in JSON.
Plain = str | bool | int | list[str] | None


@dataclass(frozen=True, slots=True)
class Follows:
    """Valid only after a « non » to `answer`, and refused, never dropped, beside a « oui »."""

    answer: str
    refused: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The column of a field in a file, titled `header`, and in the grid, titled `heading`.

    `rule`: when a cell is written otherwise than its kind says.
    """

    header: str
    heading: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """The column of a field in the file for the Caf; `since`: the first format of that file that has it."""

    content: str
    example: str
    name: str = ""
    since: int = 1


class Declared(marshmallow.fields.Field[T]):
    """One declared field.

    `asked` completes « Indiquez… »; `label` names it beside its value; `question` and `hint` are those of its form,
    where `{year}` stands for the campaign's; `corrected` names it when the landlord changes what the Caf knew, and
    is empty when the Caf knows nothing of it. `since`: the first format of drafts that has it.
    """

    kind: ClassVar[str]
    name: str

    def __init__(
        self,
        asked: str,
        *,
        label: str = "",
        rule: str,
        example: str,
        question: str = "",
        hint: str = "",
        follows: Follows | None = None,
        optional: bool = False,
        corrected: str = "",
        cell: Cell | None = None,
        export: Export | None = None,
        since: int = 1,
    ) -> None:
        super().__init__(required=not optional and follows is None)
        self.asked = asked
        self.label = label
        self.rule = rule
        self.example = example
        self.question = question or label
        self.hint = hint
        self.follows = follows
        self.optional = optional
        self.corrected = corrected
        self.cell = cell
        self.export = export
        self.since = since

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> T:
        return self.read(value)

    @abstractmethod
    def read(self, raw: Any) -> T:
        """The value of what was typed or sent. Raises RefusedValueError."""

    def store(self, value: T) -> Plain:
        """Its stored and public form."""
        return value  # type: ignore[return-value]  # kinds whose values JSON has no word for say how

    def restore(self, stored: Any) -> T:
        """The value from the output of `store`, which was read before it was stored."""
        return stored  # type: ignore[no-any-return]  # stored by `store`

    def refusal(self, pointer: str, code: str, detail: str) -> FieldError:
        return FieldError(pointer=pointer, code=code, detail=detail, rule=self.rule, example=self.example)


class Text(Declared[str]):
    kind = "text"

    def read(self, raw: Any) -> str:
        return str(raw).strip()


class Amount(Declared[Decimal]):
    """Euros, from 0 to `readers.HIGHEST_AMOUNT`; `"412.50"` in JSON."""

    kind = "amount"

    def __init__(self, asked: str, *, example: str, **more: Any) -> None:
        super().__init__(asked, rule=money.RULE, example=example, **more)

    def read(self, raw: Any) -> Decimal:
        return readers.amount(raw)

    def store(self, value: Decimal) -> str:
        return money.to_json(value)

    def restore(self, stored: Any) -> Decimal:
        return Decimal(stored)


class Day(Declared[date]):
    """A calendar day since `readers.EARLIEST_DAY`; ISO in JSON."""

    kind = "day"

    def __init__(self, asked: str, *, example: str, **more: Any) -> None:
        super().__init__(asked, rule="une date au format AAAA-MM-JJ", example=example, **more)

    def read(self, raw: Any) -> date:
        return readers.day(raw)

    def store(self, value: date) -> str:
        return value.isoformat()

    def restore(self, stored: Any) -> date:
        return date.fromisoformat(stored)


class Flag(Declared[bool]):
    kind = "flag"

    def __init__(self, asked: str, *, example: str, **more: Any) -> None:
        super().__init__(asked, rule="oui ou non", example=example, **more)

    def read(self, raw: Any) -> bool:
        return readers.flag(raw)


class Agreement(Flag):
    """A flag that people tick: without it the question is not answered, and never « non »."""

    kind = "agreement"


class Number(Declared[int]):
    """A whole number from `lowest` to `highest`."""

    kind = "number"

    def __init__(self, asked: str, *, lowest: int, highest: int, refused: tuple[str, str], **more: Any) -> None:
        super().__init__(asked, **more)
        self.lowest = lowest
        self.highest = highest
        self._refused = refused

    def read(self, raw: Any) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.lowest <= raw <= self.highest:
            raise readers.RefusedValueError(*self._refused)
        return raw


class Address(Declared[tuple[str, ...]]):
    """The lines of a postal address (NF Z10-011)."""

    kind = "address"

    def __init__(self, asked: str, **more: Any) -> None:
        lines = f"de 1 à {postal.MAX_LINES} lignes de {postal.MAX_CHARACTERS} caractères au plus, en lettres latines"
        super().__init__(asked, rule=lines, example="2 RUE GINA PANE / 35000 RENNES", **more)

    def read(self, raw: Any) -> tuple[str, ...]:
        return readers.address(raw)

    def store(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def restore(self, stored: Any) -> tuple[str, ...]:
        return tuple(stored)


class Commune(Declared[str]):
    """The official code of a commune."""

    kind = "commune"

    def __init__(self, asked: str, **more: Any) -> None:
        rule = "le nom d’une commune, suivi du département s’il le faut, ou son code Insee"
        super().__init__(asked, rule=rule, example="Rennes", **more)

    def read(self, raw: Any) -> str:
        return readers.commune(raw)


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose: `label` on its button, `words` in a sentence, `cell` in a file."""

    label: str
    words: str
    cell: str


class Choice(Declared[str]):
    """One of a few words."""

    kind = "choice"

    def __init__(self, asked: str, *, options: Mapping[str, Option], **more: Any) -> None:
        rule = " ou ".join(f"«\u00a0{option.words}\u00a0» ({value})" for value, option in options.items())
        super().__init__(asked, rule=rule, example=next(iter(options)), **more)
        self.options = options

    def read(self, raw: Any) -> str:
        if raw not in self.options:
            raise readers.RefusedValueError("choice", "Choisissez une des réponses proposées.")
        return str(raw)


class FieldTable(marshmallow.Schema):
    """Declared fields, in their order."""

    @property
    def declared(self) -> Mapping[str, Declared[Any]]:
        return cast(Mapping[str, Declared[Any]], self.fields)
