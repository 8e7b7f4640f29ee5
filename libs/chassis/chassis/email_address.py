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
RULE = "nom@domaine.fr : sans espace ni guillemets, ni accent avant le @, avec un nom de domaine"
_NO_ADDRESS = "Cette adresse n’a pas la forme d’une adresse courriel."
_NOT_CARRIED = (
    "Aucun message n’arriverait à cette adresse\u00a0: les relais de messagerie ne portent pas les accents avant le @. "
    "Donnez une autre adresse."
)


def is_address(text: str) -> bool:
    """The form is checked, not the existence: only a message that arrives proves an address."""
    return _ADDRESS.fullmatch(text) is not None


def refusal(text: str) -> str | None:
    """Why an address that somebody types is not taken, in a sentence; None when a message can be carried there.

    A registry file is read with `is_address`: a landlord whose mailbox is not carried is written to by letter.
    """
    if not is_address(text):
        return _NO_ADDRESS
    if as_carried(text) is None:
        return _NO_ADDRESS if text.rpartition("@")[0].isascii() else _NOT_CARRIED
    return None


def as_carried(email: str) -> str | None:
    """As every relay carries it, its domain in ASCII (IDNA); None when the part before the @ is not ASCII: few relays
    know SMTPUTF8 (RFC 6531), and the others refuse it."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if local.isascii() else None
    except UnicodeError:
        return None
