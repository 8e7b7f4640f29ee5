"""What an e-mail address looks like, wherever one is taken: pages, APIs, columns of files.

RFC 5321 allows more than mailboxes of people have: words in quotes, addresses of machines in brackets, a name without a
domain. Relays, standards of forms and our own libraries disagree on those, and one of them would fail later.
"""

import re

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LETTER_OR_DIGIT = r"[^\W_]"
_LABEL = rf"{_LETTER_OR_DIGIT}(?:(?:{_LETTER_OR_DIGIT}|-){{0,61}}{_LETTER_OR_DIGIT})?"
_TOP = rf"[^\W\d_](?:{_LETTER_OR_DIGIT}|-){{0,61}}{_LETTER_OR_DIGIT}"
# RFC 5321 §4.5.3.1: 64 characters before the @, 254 in all. As text, for a pattern over many lines.
PATTERN = rf"(?=\S{{5,254}}(?!\S))(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP}"
_ADDRESS = re.compile(PATTERN)
RULE = "nom@domaine.fr : sans espace ni guillemets, avec un nom de domaine"


def is_address(text: str) -> bool:
    """The form is checked, not the existence: only a message that arrives proves an address."""
    return _ADDRESS.fullmatch(text) is not None


def as_carried(email: str) -> str | None:
    """As every relay carries it, its domain in ASCII (IDNA); None when the part before the @ is not ASCII: few relays
    know SMTPUTF8 (RFC 6531), and the others refuse it."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if local.isascii() else None
    except UnicodeError:
        return None
