"""Codes of an authenticator application (RFC 6238): six digits, thirty seconds, SHA-1, as applications make them."""

import hmac
import re
from datetime import datetime

import pyotp

INTERVAL_SECONDS = 30
# RFC 6238 §5.2: one step before and one after, for clocks that are not quite right.
WINDOW = 1
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4 recommends that many)."""
    return pyotp.random_base32(32)


def read_code(typed: str) -> str | None:
    """The six digits, however they are spaced; None for anything else."""
    digits = "".join(typed.split())
    return digits if _CODE.fullmatch(digits) else None


def matching_counter(secret: str, typed: str, now: datetime, last_counter: int) -> int | None:
    """The thirty-second step that the code belongs to, if it is later than the last one taken (RFC 6238 §5.2)."""
    code = read_code(typed)
    if code is None:
        return None
    totp, present = pyotp.TOTP(secret), counter_at(now)
    for counter in range(present - WINDOW, present + WINDOW + 1):
        same = hmac.compare_digest(totp.generate_otp(counter), code)
        if same and counter > last_counter:
            return counter
    return None


def counter_at(moment: datetime) -> int:
    return int(moment.timestamp()) // INTERVAL_SECONDS


def setup_address(secret: str, login: str, issuer: str) -> str:
    """The ``otpauth://`` address that the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def spelled(secret: str) -> str:
    """In groups of four, for those who type it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
