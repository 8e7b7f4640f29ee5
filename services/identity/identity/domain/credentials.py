"""Logins and provisional passwords: generation, parsing and lifetime."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from chassis.email_address import as_carried

# No two characters confused in print or handwriting: at most one of each pair I/1, L/1, O/0, S/5, B/8 and Z/2.
ALPHABET = "ACDEFGHJKMNPQRTUVWXY23456789"
LOGIN_GROUPS = 2
PASSWORD_GROUPS = 5
CODE_GROUPS = 2
GROUP = 4
# Then a new one must be requested (96 bits cannot be guessed in five tries; whoever mistypes five times needs help).
MOST_TRIES = 5


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


class Purpose(StrEnum):
    """Why credentials are sent; notification chooses the text by it."""

    CREATION = "creation"
    IDENTIFIER_RECOVERY = "identifier_recovery"
    PASSWORD_RECOVERY = "password_recovery"  # noqa: S105 - a purpose, not a password
    REISSUE = "reissue"


def new_login() -> str:
    """``BX7K-2M4Q``: 28^8 possibilities, random, without personal data."""
    return random_groups(LOGIN_GROUPS)


def new_provisional_password() -> str:
    """Five groups of four characters out of 28: 96 bits (at least 77 are required)."""
    return random_groups(PASSWORD_GROUPS)


def new_confirmation_code() -> str:
    """``BX7K-2M4Q``: 38 bits, enough for five tries within an hour."""
    return random_groups(CODE_GROUPS)


def normalise_code(typed: str) -> str:
    """As tolerant as `normalise_login`."""
    return normalise_login(typed)


def normalise_login(typed: str) -> str:
    """Tolerates case, spaces and hyphens; text of another length is returned in capitals without these."""
    signs = signs_of(typed)
    return _hyphenated(signs) if len(signs) == LOGIN_GROUPS * GROUP else signs


def is_drawn_login(login: str) -> bool:
    """True for `new_login`'s format; agents' logins are chosen, and name their owner."""
    signs = signs_of(login)
    return len(signs) == LOGIN_GROUPS * GROUP and all(sign in ALPHABET for sign in signs)


def as_provisional(typed: str) -> str | None:
    """The canonical provisional password if the text has its format, else None.

    The format alone distinguishes it from a chosen password, so that a sign-in always costs one hash.
    """
    signs = signs_of(typed)
    if len(signs) != PASSWORD_GROUPS * GROUP or any(sign not in ALPHABET for sign in signs):
        return None
    return _hyphenated(signs)


def choose_channel(*, email: str | None, address: tuple[str, ...]) -> Channel | None:
    """E-mail if there is an address that mail relays accept, else letter; None if there is neither."""
    if email and as_carried(email):
        return Channel.EMAIL
    return Channel.LETTER if any(line.strip() for line in address) else None


def expires_at(channel: Channel, issued_at: datetime, lifetimes: dict[Channel, timedelta]) -> datetime:
    return issued_at + lifetimes[channel]


def random_groups(count: int) -> str:
    """`count` groups ``XXXX`` joined by hyphens."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(count))


def signs_of(typed: str) -> str:
    """The text in capitals, without spaces or hyphens of any kind."""
    return "".join(sign for sign in typed.upper() if not sign.isspace() and sign not in "-‐‑–—_")


def _hyphenated(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
