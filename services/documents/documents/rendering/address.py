"""Postal addresses on paper: the window block (NF Z10-011) and the sender's lines."""

import unicodedata
from collections.abc import Sequence

from chassis.french.postal import CAPITAL_LINES, MAX_CHARACTERS, MAX_LINES


class UnprintableAddress(ValueError):
    """The address does not fit the window; `code` names the limit it breaks, without quoting the address."""

    def __init__(self, code: str) -> None:
        super().__init__(f"postal address refused: {code}")
        self.code = code


def below_name(name: str, address: Sequence[str] | str) -> list[str]:
    """The lines under a name: registries often repeat it as the first line (`CAF D ILLE ET VILAINE`)."""
    given = [address] if isinstance(address, str) else address
    lines = [line.strip() for line in given if line.strip()]
    return lines[1:] if lines and _letters(lines[0]) == _letters(name) else lines


def window_lines(name: str, address: Sequence[str]) -> list[str]:
    """Name and address as printed: no empty line, the last three in capitals. Errors: UnprintableAddress."""
    lines = [line for line in (name.strip(), *below_name(name, address)) if line]
    if len(lines) < 2:
        raise UnprintableAddress("too_short")
    if len(lines) > MAX_LINES:
        raise UnprintableAddress("too_many_lines")
    if any(len(line) > MAX_CHARACTERS for line in lines):
        raise UnprintableAddress("line_too_long")
    return [*lines[:-CAPITAL_LINES], *(line.upper() for line in lines[-CAPITAL_LINES:])]


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())
