"""Readers of single values of the registry file. Each raises ValueError with a French sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from chassis import email_address, texts
from chassis.french import money, postal
from stdnum.fr import siret as siret_number

from declaration.domain import communes, readers

TENANT_NUMBER = re.compile(r"\d{7}[A-Z]", re.ASCII)
LONGEST_TEXT = 100
ADDRESS_SEPARATOR = "|"
# An address line that surely needs no change; any doubt is a no (`readers.address` has the rule).
_PLAIN = "A-Za-z0-9À-ÖØ-öø-ÿ"
PLAIN_LINE = re.compile(rf"[{_PLAIN}](?:[ -;=?-{{}}~À-ÿ]{{0,{postal.MAX_CHARACTERS - 2}}}[{_PLAIN}])?")


def digits(count: int) -> Callable[[str], str]:
    """A reader of exactly that many digits, ignoring spaces."""

    def read(value: str) -> str:
        bare = "".join(value.split())
        if len(bare) != count or not (bare.isascii() and bare.isdigit()):
            raise ValueError(f"{count} chiffres sont attendus.")
        return bare

    return read


@lru_cache(maxsize=4096)
def siret(value: str) -> str:
    """14 digits with Luhn's check, or La Poste's own rule for its branches (python-stdnum knows both)."""
    bare = digits(14)(value)
    if not siret_number.is_valid(bare):
        raise ValueError("La clé de contrôle du SIRET est fausse.")
    return bare


def one_of(*values: str) -> Callable[[str], str]:
    """A reader of these words only."""

    def read(value: str) -> str:
        if value not in values:
            raise ValueError("Cette valeur n’est pas dans la liste.")
        return value

    return read


def flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("0 ou 1 est attendu.")
    return value == "1"


def text(value: str) -> str:
    if _is_plain(value, LONGEST_TEXT):
        return value
    return line(value, LONGEST_TEXT)


def line(value: str, most: int) -> str:
    """Words separated by single spaces, as `chassis.texts` takes them."""
    if sign := texts.refused(value):
        raise ValueError(texts.sentence(sign))
    words = " ".join(value.split())
    if len(words) > most:
        raise ValueError(f"Ce texte dépasse {most} caractères.")
    return words


def email(value: str) -> str:
    if not email_address.is_address(value):
        raise ValueError("Cette adresse électronique n’est pas valable.")
    return value


def _is_plain(value: str, most: int) -> bool:
    """Nothing to change or refuse: a fast path, since nearly every text of a million lines is plain."""
    return 0 < len(value) <= most and value.isprintable() and "  " not in value and value == value.strip()


def address(value: str) -> tuple[str, ...]:
    """Lines separated by `|` (NF Z10-011)."""
    cut = tuple(value.split(ADDRESS_SEPARATOR))
    if len(cut) <= postal.MAX_LINES and all(PLAIN_LINE.fullmatch(line) and "  " not in line for line in cut):
        return cut
    try:
        return readers.address(cut)
    except readers.RefusedValueError as refusal:
        raise ValueError(refusal.detail) from None


def commune(value: str) -> str:
    code = value.upper()
    if code not in communes.names():
        raise ValueError("Ce code ne figure pas dans la liste officielle des communes.")
    return code


def tenant_number(value: str) -> str:
    bare = "".join(value.split()).upper()
    if not TENANT_NUMBER.fullmatch(bare):
        raise ValueError("7 chiffres et une lettre sont attendus.")
    return bare


@lru_cache(maxsize=4096)
def day(value: str) -> date:
    try:
        return readers.day(value)
    except readers.RefusedValueError as refusal:
        raise ValueError(refusal.detail) from None


def co_tenants(value: str) -> int:
    count = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0
    if not 1 <= count <= readers.MOST_CO_TENANTS:
        raise ValueError(f"Un nombre de 1 à {readers.MOST_CO_TENANTS} est attendu.")
    return count


def euros(value: str) -> Decimal:
    try:
        return money.parse(value)
    except money.InvalidAmount:
        raise ValueError("Ce montant n’est pas lisible.") from None
