"""The block behind the window: at most 6 lines of 38 characters, the last in capitals (NF Z10-011)."""

from collections.abc import Sequence

MOST_LINES = 6
LONGEST_LINE = 38
CAPITAL_LINES = 3


class UnprintableAddress(ValueError):
    """The address cannot stand in the window; `code` says which limit it breaks, without quoting it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"postal address refused: {code}")
        self.code = code


def window_lines(name: str, address: Sequence[str]) -> list[str]:
    """Name and address as printed: no empty line, the last three in capitals. Errors: UnprintableAddress."""
    lines = [line.strip() for line in (name, *address) if line.strip()]
    if len(lines) < 2:
        raise UnprintableAddress("too_short")
    if len(lines) > MOST_LINES:
        raise UnprintableAddress("too_many_lines")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise UnprintableAddress("line_too_long")
    return [*lines[:-CAPITAL_LINES], *(line.upper() for line in lines[-CAPITAL_LINES:])]
