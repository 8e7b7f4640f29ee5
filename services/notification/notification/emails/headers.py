"""Headers made from data: the only way to put a name or a subject into a message.

Encoded here to the byte. The standard library parses a header again when it writes it: it decodes what looks like an
encoded word (RFC 2047), line ends included, and drops quotes where it folds; Python 3.11 and 3.12 then write those line
ends unchanged. Text encoded here is one line, holds no start of an encoded word, not even once decoded, and displays no
other address.
"""

from __future__ import annotations

import re
from email.header import Header
from email.policy import EmailPolicy

from chassis import texts

WIDTH = 76
# Characters a phrase may hold unquoted (RFC 5322 §3.2.3), without those that start an encoded word.
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*")
_PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
ENCODED_WORD = "=?"
# Other spaces are kept: a no-break space holds « 2 déclarations » together.
_SPACES = re.compile(" {2,}")


class Written(str):
    """A header's value as sent on the wire: never parsed or folded again."""

    __slots__ = ("name",)
    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """Called by `email` on a value."""
        return f"{self.name}: {self}{policy.linesep}"


def text(name: str, value: str) -> Written:
    """The header `name` with free text, e.g. a subject."""
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
    """The text on one line, without forbidden characters or the start of an encoded word."""
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
