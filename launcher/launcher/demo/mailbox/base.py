"""Messages as those who receive them find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`batch` is the print batch of a letter, empty for an e-mail; `text` is all that can be read in it."""

    id: str
    text: str
    subject: str = ""
    batch: str = ""

    @property
    def words(self) -> str:
        """The text with single spaces, wherever lines were broken."""
        return " ".join(self.text.split())


class Mailbox(Protocol):
    """`mails` of an address and `letters` whose window shows these lines; each in the order sent or printed."""

    def mails(self, address: str) -> list[Message]: ...

    def letters(self, address: Sequence[str]) -> list[Message]: ...


def addressed(letters: Sequence[Message], address: Sequence[str]) -> list[Message]:
    """Those that bear every line of the address."""
    lines = [" ".join(line.split()) for line in address]
    return [letter for letter in letters if all(line in letter.words for line in lines)]
