"""Reads a Caf's file line by line, in constant memory: each physical line is decoded, split and read alone."""

from typing import IO

from declaration.domain.registry import lines
from declaration.domain.registry.lines import Format, Header, LineError, Values

LONGEST_LINE = 16_384
BLOCK = 1 << 20
Read = tuple[Values | None, list[LineError]]


def read_header(stream: IO[bytes], of: Format = lines.REGISTRY) -> Header:
    """Raises FileRefusedError."""
    try:
        return lines.header(stream.readline(LONGEST_LINE).decode(), of)
    except UnicodeDecodeError:
        raise lines.FileRefusedError("Le fichier n’est pas enregistré en UTF-8.") from None


def next_line(stream: IO[bytes]) -> bytes:
    """One physical line; empty at the end of the file."""
    return b"".join(next_lines(stream, 1))


def next_lines(stream: IO[bytes], most: int) -> list[bytes]:
    """At most that many physical lines, each cut beyond the longest valid length; none at the end of the file."""
    found: list[bytes] = []
    while len(found) < most and (raw := stream.readline(LONGEST_LINE)):
        found.append(raw)
        if len(raw) == LONGEST_LINE:
            _skip_rest(stream, raw)
    return found


def _skip_rest(stream: IO[bytes], rest: bytes) -> None:
    while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
        rest = stream.readline(LONGEST_LINE)


def read_line(raw: bytes, header: Header, number: int, of: Format = lines.REGISTRY) -> Read:
    """The typed values by column, or None with every error of the line."""
    if len(raw) == LONGEST_LINE:
        return None, [lines.unreadable(number, "Cette ligne est trop longue.", of)]
    try:
        return lines.read(lines.cut(raw.decode()), header, number, of)
    except UnicodeDecodeError:
        return None, [lines.unreadable(number, "Cette ligne n’est pas enregistrée en UTF-8.", of)]
    except lines.UnreadableLineError as error:
        return None, [lines.unreadable(number, str(error), of)]


def count(stream: IO[bytes]) -> int:
    """Counts the lines after the first, block by block."""
    found, last = 0, b""
    while block := stream.read(BLOCK):
        found += block.count(b"\n")
        last = block[-1:]
    return max(0, found - 1 + (last not in (b"\n", b"")))
