"""Messages as their recipients see them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`batch`: the print batch of a letter, empty for an e-mail; `text`: all the readable text."""

    id: str
    text: str
    subject: str = ""
    batch: str = ""

    @property
    def words(self) -> str:
        """The text with single spaces, whatever its line breaks."""
        return " ".join(self.text.split())


class Mailbox(Protocol):
    """`mails` to an address, and `letters` whose window shows these lines; each in the order sent or printed."""

    def mails(self, address: str) -> list[Message]: ...

    def letters(self, address: Sequence[str]) -> list[Message]: ...


def addressed(letters: Sequence[Message], address: Sequence[str]) -> list[Message]:
    """The letters that bear every line of the address; envelopes use capitals without accents (NF Z10-011)."""
    lines = [_as_on_envelope(line) for line in address]
    return [letter for letter in letters if all(line in _as_on_envelope(letter.text) for line in lines)]


def _as_on_envelope(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(bare.upper().split())
