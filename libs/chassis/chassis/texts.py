"""Characters allowed in stored text: one rule for names, addresses, reasons and every other free text.

Text is read by people, printed and put in headers. Control characters forge lines there, direction characters display
another text than the stored one, and invisible ones make two names look the same. Refused: the Unicode categories Cc,
Cf, Cs, Co, Cn, Zl and Zp. Allowed all the same: the zero width joiner and non-joiner between two letters, since names
in Persian and Indic scripts need them; line ends and tabs, where a text may have lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

RULE = "sans caractère invisible, de commande ou de sens d’écriture"
# The rule's names in the OpenAPI documents (`format: line`, `format: text`).
LINE, TEXT = "line", "text"
# The stable error code.
CODE = "characters"

# What a spreadsheet takes for the start of a formula (OWASP CSV injection; ASVS 5.0, 1.2.10), guarded or not.
_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")
_JOINERS = "\u200c\u200d"


def refused(text: str, *, lines: bool = False) -> str | None:
    """The first forbidden character, as `U+202E`; None when there is none. `lines`: line ends are allowed."""
    if text.isprintable():
        # Every refused character is unprintable; nearly every text is printable, and this check is cheap.
        return None
    for place, sign in enumerate(text):
        if not (sign.isprintable() or _is_allowed(text, place, lines)):
            return f"U+{ord(sign):04X}"
    return None


def is_line(text: str) -> bool:
    return refused(text) is None


def is_text(text: str) -> bool:
    return refused(text, lines=True) is None


FORMATS: Mapping[str, Callable[[str], bool]] = {LINE: is_line, TEXT: is_text}


def full_name(*parts: str | None) -> str:
    """Civility and names on one line; people may have one name only."""
    return " ".join(part for part in parts if part)


def guard_formula(text: str) -> str:
    """The text of a cell; with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_formula(cell: str) -> str:
    """The text that `guard_formula` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def sentence(sign: str, subject: str = "Ce texte") -> str:
    """The error sentence for the character that `refused` found; `subject` names the field."""
    return f"{subject} contient un caractère invisible ou de commande ({sign}), souvent venu d’un copier-coller."


def _is_allowed(text: str, place: int, lines: bool) -> bool:
    sign = text[place]
    if sign in _JOINERS:
        around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        return len(around) == 2 and all(unicodedata.category(each)[0] in "LM" for each in around)
    if lines and sign in "\n\t":
        return True
    if lines and sign == "\r":
        return text[place + 1 : place + 2] == "\n"
    return unicodedata.category(sign) == "Zs"
