"""French postal addresses as NF Z10-011 wants them (laposte.fr, Service national de l'adresse)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_LINES = 6
MAX_CHARACTERS = 38
MIN_LINES = 3
CAPITAL_LINES = 3
FIRST_BARE_LINE = 4

POSTCODE_AND_TOWN = re.compile(r"\d{5} \S.*")
PUNCTUATION = re.compile(r"[,;:.…!?()\[\]\"«»_/]")


class AddressProblem(StrEnum):
    EMPTY = "address-empty"
    TOO_FEW_LINES = "address-too-few-lines"
    TOO_MANY_LINES = "address-too-many-lines"
    LINE_TOO_LONG = "address-line-too-long"
    NO_POSTCODE = "address-without-postcode-and-town"
    UNPRINTABLE = "address-unprintable-character"


PROBLEM_LABELS = {
    AddressProblem.EMPTY: "L’adresse est vide.",
    AddressProblem.TOO_FEW_LINES: "L’adresse doit avoir au moins le nom, la voie, le code postal et la commune.",
    AddressProblem.TOO_MANY_LINES: f"L’adresse a plus de {MAX_LINES} lignes, nom compris.",
    AddressProblem.LINE_TOO_LONG: f"Une ligne a plus de {MAX_CHARACTERS} caractères ; abrégez-la, par exemple « BD ».",
    AddressProblem.NO_POSTCODE: "La dernière ligne doit être le code postal et la commune : « 35000 RENNES ».",
    AddressProblem.UNPRINTABLE: "L’adresse contient un caractère qui ne s’imprime pas.",
}


@dataclass(frozen=True)
class PostalAddress:
    """Name and lines, parsed once; a line is never cut: what does not fit has a problem."""

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, name: str, lines: Sequence[str]) -> "PostalAddress":
        """`name` becomes the first line, once, even when the registry repeats it on top of the address."""
        kept = [clean for line in lines if (clean := " ".join(line.split()))]
        first = " ".join(name.split())
        if first and (not kept or kept[0].casefold() != first.casefold()):
            kept.insert(0, first)
        return cls(tuple(_normalised(kept)))

    @property
    def problems(self) -> tuple[AddressProblem, ...]:
        """Every reason why it cannot be printed, in the order of the enumeration."""
        if not self.lines:
            return (AddressProblem.EMPTY,)
        found = {
            AddressProblem.TOO_FEW_LINES: len(self.lines) < MIN_LINES,
            AddressProblem.TOO_MANY_LINES: len(self.lines) > MAX_LINES,
            AddressProblem.LINE_TOO_LONG: any(len(line) > MAX_CHARACTERS for line in self.lines),
            AddressProblem.NO_POSTCODE: not POSTCODE_AND_TOWN.fullmatch(self.lines[-1]),
            AddressProblem.UNPRINTABLE: any(not line.isprintable() for line in self.lines),
        }
        return tuple(problem for problem, present in found.items() if present)

    @property
    def valid(self) -> bool:
        return not self.problems


def _normalised(lines: Sequence[str]) -> list[str]:
    """Last three lines in capitals; no punctuation from line 4 on, nor in the line of the postcode."""
    written = []
    for index, line in enumerate(lines):
        bare = index + 1 >= FIRST_BARE_LINE or index == len(lines) - 1
        text = " ".join(PUNCTUATION.sub(" ", line).split()) if bare else line
        written.append(text.upper() if index >= len(lines) - CAPITAL_LINES else text)
    return [line for line in written if line]
