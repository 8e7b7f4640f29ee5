"""Headers made of data: the one way by which a name or a subject gets into a message.

Written here down to the bytes. The standard library parses a header again when it writes it: it decodes what looks
like an encoded word (RFC 2047), line ends included, and drops quotes where it folds; Python 3.11 and 3.12 then write
those line ends as they are. A text written here is one line, holds no mark that opens an encoded word, not even once
decoded, and shows no other address.
"""

from __future__ import annotations

import re
from email.header import Header
from email.policy import EmailPolicy

from chassis import texts

WIDTH = 76
# What a phrase may hold unquoted (RFC 5322 §3.2.3), without the signs that open an encoded word.
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
_PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
ENCODED_WORD = "=?"
# Others stay: a no-break space keeps « 2 déclarations » together.
_SPACES = re.compile(" {2,}")


class Written(str):
    """A header's value as it goes over the wire: kept as it is, never parsed or folded again."""

    __slots__ = ("name",)
    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """What `email` asks a value for."""
        return f"{self.name}: {self}{policy.linesep}"


def text(name: str, value: str) -> Written:
    """The header `name` with free text, such as a subject."""
    return _written(name, _encoded(name, one_line(value), _PLAIN_TEXT))


def mailbox(name: str, display_name: str, address: str) -> Written:
    """The header `name` with one person and their address.

    Raises ValueError for an address that SMTP without extensions does not carry."""
    if not _ADDRESS.fullmatch(address) or ENCODED_WORD in address:
        raise ValueError("not an address")
    phrase = _encoded(name, one_line(display_name), _PLAIN_PHRASE)
    between = " " if phrase and len(name) + len(phrase) + len(address) < WIDTH else "\r\n "
    return _written(name, f"{phrase}{between}<{address}>" if phrase else f"<{address}>")


def one_line(value: str) -> str:
    """The text on one line, without what no text may hold, and without the mark of an encoded word."""
    kept = "".join(" " if texts.refused(sign) else sign for sign in value)
    return _SPACES.sub(" ", kept.replace(ENCODED_WORD, "= ?")).strip()


def _encoded(name: str, value: str, plain: re.Pattern[str]) -> str:
    if not value or (plain.fullmatch(value) and len(name) + len(value) + 2 <= WIDTH):
        return value
    return Header(value, "utf-8", maxlinelen=WIDTH, header_name=name).encode(linesep="\r\n")


def _written(name: str, value: str) -> Written:
    written = Written(value)
    written.name = name
    return written
