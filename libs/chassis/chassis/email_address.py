"""Validation of e-mail addresses, the same for pages, APIs and file columns.

RFC 5321 allows more than people's mailboxes use: quoted words, IP addresses in brackets, a name without a domain.
Relays, HTML forms and our own libraries disagree on those, so one of them would fail later.
"""

import re

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LETTER_OR_DIGIT = r"[^\W_]"
_LABEL = rf"{_LETTER_OR_DIGIT}(?:(?:{_LETTER_OR_DIGIT}|-){{0,61}}{_LETTER_OR_DIGIT})?"
_TOP = rf"[^\W\d_](?:{_LETTER_OR_DIGIT}|-){{0,61}}{_LETTER_OR_DIGIT}"
# RFC 5321 §4.5.3.1: 64 characters before the @, 254 in all. A string, so that a multi-line pattern can include it.
PATTERN = rf"(?=\S{{5,254}}(?!\S))(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP}"
_ADDRESS = re.compile(PATTERN)
RULE = "nom@domaine.fr : sans espace ni guillemets, ni accent avant le @, avec un nom de domaine"
_NO_ADDRESS = "Cette adresse n’a pas la forme d’une adresse courriel."
_NOT_CARRIED = (
    "Aucun message n’arriverait à cette adresse\u00a0: les relais de messagerie ne portent pas les accents avant le @. "
    "Donnez une autre adresse."
)


def is_address(text: str) -> bool:
    """Checks the syntax, not the existence: only a delivered message proves an address."""
    return _ADDRESS.fullmatch(text) is not None


def refusal(text: str) -> str | None:
    """The sentence saying why a typed address is refused; None when relays can carry mail to it.

    A registry file is read with `is_address`: a landlord whose address relays do not carry gets letters.
    """
    if not is_address(text):
        return _NO_ADDRESS
    if as_carried(text) is None:
        return _NO_ADDRESS if text.rpartition("@")[0].isascii() else _NOT_CARRIED
    return None


def as_carried(email: str) -> str | None:
    """The form every relay carries, with the domain in ASCII (IDNA); None when the local part is not ASCII: few relays
    know SMTPUTF8 (RFC 6531), and the others refuse it."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if local.isascii() else None
    except UnicodeError:
        return None
