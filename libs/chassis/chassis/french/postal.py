"""Postal addresses by NF Z10-011: at most 6 lines of 38 characters (laposte.fr, Service national de
l'adresse); abroad, the country in capitals on the last line (La Poste, « Bien rédiger l'adresse », international)."""

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

MAX_LINES = 6
MAX_CHARACTERS = 38
MIN_LINES = 3
CAPITAL_LINES = 3
FIRST_BARE_LINE = 4
FRANCE = "FR"

POSTCODE_AND_TOWN = re.compile(r"\d{5} \S.*")
PUNCTUATION = re.compile(r"[,;:.…!?()\[\]\"«»_/]")
# Signs that may not begin or end a line: dropped, as the norm says.
STRAY = re.compile(r"^[<>,;:.|/\\*=+–—\s-]+|[<>,;:|\s]+$")
# Allowed besides Latin letters: the signs of typewriters and Latin-1, and typographic signs.
TYPOGRAPHIC = frozenset("‘’‚“”„–—…€ªº")
LAST_OF_LATIN_1 = "ÿ"

CIVILITIES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"})
CONNECTORS = CIVILITIES | {"et", "ou", "a", "l", "attention", "de"}

# Territories with French postcodes: their name may stand below the town.
FRENCH_TERRITORIES = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"})
# Names in use that are missing from Unicode's list (CLDR).
ALSO_CALLED = {
    "angleterre": "GB", "ecosse": "GB", "pays de galles": "GB", "irlande du nord": "GB", "grande bretagne": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uk": "GB",
    "usa": "US", "etats unis d amerique": "US", "united states of america": "US", "hollande": "NL",
    "republique tcheque": "CZ", "reunion": "RE", "guyane": "GF", "grand duche de luxembourg": "LU",
}  # fmt: skip
COUNTRY_LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")


class AddressProblem(StrEnum):
    EMPTY = "address-empty"
    TOO_FEW_LINES = "address-too-few-lines"
    TOO_MANY_LINES = "address-too-many-lines"
    LINE_TOO_LONG = "address-line-too-long"
    NO_POSTCODE = "address-without-postcode-and-town"
    NOTHING_WRITTEN = "address-line-without-letter-or-digit"
    UNPRINTABLE = "address-unprintable-character"


PROBLEM_LABELS = {
    AddressProblem.EMPTY: "L’adresse est vide.",
    AddressProblem.TOO_FEW_LINES: "L’adresse doit avoir au moins le nom, la voie, le code postal et la commune.",
    AddressProblem.TOO_MANY_LINES: f"L’adresse a plus de {MAX_LINES} lignes.",
    AddressProblem.LINE_TOO_LONG: f"Une ligne a plus de {MAX_CHARACTERS} caractères ; abrégez-la, par exemple « BD ».",
    AddressProblem.NO_POSTCODE: "La dernière ligne doit être le code postal et la commune, « 35000 RENNES », ou le pays"
    " en toutes lettres, « BELGIQUE ».",
    AddressProblem.NOTHING_WRITTEN: "Une ligne n’a ni lettre ni chiffre.",
    AddressProblem.UNPRINTABLE: "L’adresse contient un caractère que la poste ne lit pas : écrivez-la en lettres de"
    " l’alphabet latin.",
}


def tidy(line: str) -> str:
    """The line with single spaces and no stray signs at its ends; a line with neither letter nor digit is unchanged."""
    spaced = " ".join(unicodedata.normalize("NFC", line).split())
    return STRAY.sub("", spaced) or spaced


def line_problem(line: str) -> AddressProblem | None:
    """Why this line is unreadable for the Post, wherever it stands in an address."""
    if not all(_readable(character) for character in line):
        return AddressProblem.UNPRINTABLE
    if not any(character.isalnum() for character in line):
        return AddressProblem.NOTHING_WRITTEN
    return AddressProblem.LINE_TOO_LONG if len(line) > MAX_CHARACTERS else None


def _readable(character: str) -> bool:
    if character <= LAST_OF_LATIN_1:
        return character.isprintable()
    return character in TYPOGRAPHIC or unicodedata.name(character, "").startswith("LATIN ")


@dataclass(frozen=True)
class PostalAddress:
    """The lines of an envelope, parsed once; a line is never cut: one that does not fit is a problem.

    `country`: ISO 3166 code, `FR` for the overseas territories too."""

    lines: tuple[str, ...]
    country: str = FRANCE

    @classmethod
    def parse(cls, name: str, lines: Sequence[str]) -> "PostalAddress":
        """Parses the Caf's lines; `name` is added only when none of them holds it, and only if it fits."""
        kept = [clean for line in lines if (clean := tidy(line))]
        code = country_of(kept[-1]) if kept else None
        if code == FRANCE:
            kept.pop()
        country = FRANCE if code is None or code in FRENCH_TERRITORIES else code
        if not any(_is_name(line, name) for line in kept):
            above = _name_lines(" ".join(name.split()), room=MAX_LINES - len(kept))
            kept = [*above, *kept]
        return cls(tuple(_normalised(kept)), country)

    @property
    def abroad(self) -> bool:
        return self.country != FRANCE

    @property
    def problems(self) -> tuple[AddressProblem, ...]:
        """Every reason why the address cannot be printed, in the order of the enumeration."""
        if not self.lines:
            return (AddressProblem.EMPTY,)
        found = {problem for line in self.lines if (problem := line_problem(line))}
        if len(self.lines) < MIN_LINES:
            found.add(AddressProblem.TOO_FEW_LINES)
        if len(self.lines) > MAX_LINES:
            found.add(AddressProblem.TOO_MANY_LINES)
        if not self.abroad and not any(POSTCODE_AND_TOWN.fullmatch(line) for line in self._towns()):
            found.add(AddressProblem.NO_POSTCODE)
        return tuple(problem for problem in AddressProblem if problem in found)

    @property
    def valid(self) -> bool:
        return not self.problems

    def _towns(self) -> Sequence[str]:
        """The lines where the town may stand: the last one, or the one above the name of an overseas territory."""
        return self.lines[-2:] if country_of(self.lines[-1]) in FRENCH_TERRITORIES else self.lines[-1:]


def country_of(line: str) -> str | None:
    """ISO 3166 code of the country that the line names, in French or in a language of Western Europe."""
    return _countries().get(" ".join(_words(line)))


@cache
def _countries() -> dict[str, str]:
    # Only needed for an address without a French postcode: most processes never load the names.
    from babel import Locale

    names = {
        " ".join(_words(name)): code
        for language in reversed(COUNTRY_LANGUAGES)
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ")
    }
    return {**names, **ALSO_CALLED}


def _is_name(line: str, name: str) -> bool:
    """Whether the line is the name, ignoring accents, case, punctuation and civility; first names may be initials."""
    asked = set(_words(name)) - CIVILITIES
    written = set(_words(line))
    missing = asked - written
    spare = written - asked - CONNECTORS
    initials = {word for word in spare if len(word) == 1 and any(one.startswith(word) for one in missing)}
    by_initial = {one for one in missing if one[0] in initials}
    return bool(asked & written) and missing == by_initial and spare == initials


def _name_lines(name: str, room: int) -> list[str]:
    """The name on one line, shortened if it must be; else on two; on none where that does not fit."""
    fitting = next((short for short in _shortened(name) if len(short) <= MAX_CHARACTERS), "")
    if fitting and room >= 1:
        return [fitting]
    parted = textwrap.wrap(name, MAX_CHARACTERS, break_long_words=False, break_on_hyphens=False)
    return parted if len(parted) == 2 <= room and max(map(len, parted)) <= MAX_CHARACTERS else []


def _shortened(name: str) -> Iterator[str]:
    """Shortens step by step as the norm does for a person: no civility, first name as initials, no first name."""
    yield name
    civility, _, rest = name.partition(" ")
    first, _, last = rest.partition(" ")
    if not last or not CIVILITIES & set(_words(civility)):
        return
    short = {"monsieur": "M.", "madame": "Mme", "mademoiselle": "Mlle"}.get(civility.casefold(), civility)
    yield f"{short} {rest}"
    yield f"{short} {'-'.join(part[:1] for part in first.split('-'))} {last}"
    yield f"{short} {last}"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).casefold()
    bare = "".join(" " if not character.isalnum() else character for character in plain if not _is_accent(character))
    return bare.split()


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def _normalised(lines: Sequence[str]) -> list[str]:
    """Last three lines in capitals; no punctuation from line 4 on, nor in the line of the postcode."""
    written = []
    for index, line in enumerate(lines):
        bare = index + 1 >= FIRST_BARE_LINE or index == len(lines) - 1
        text = " ".join(PUNCTUATION.sub(" ", line).split()) if bare else line
        written.append(text.upper() if index >= len(lines) - CAPITAL_LINES else text)
    return [line for line in written if line]
