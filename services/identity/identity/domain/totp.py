"""Authenticator codes (RFC 6238): six digits, thirty seconds, SHA-1, which applications support."""

import hmac
import re
from datetime import datetime

import pyotp

INTERVAL_SECONDS = 30
# RFC 6238 §5.2: accepts one step before and one after, for inaccurate clocks.
WINDOW = 1
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 §4 recommends."""
    return pyotp.random_base32(32)


def read_code(typed: str) -> str | None:
    """The six digits without spaces; None for anything else."""
    digits = "".join(typed.split())
    return digits if _CODE.fullmatch(digits) else None


def matching_counter(secret: str, typed: str, now: datetime, last_counter: int) -> int | None:
    """The thirty-second step of the code, if later than the last one accepted (RFC 6238 §5.2)."""
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
    """The ``otpauth://`` address in the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def spelled(secret: str) -> str:
    """The secret in groups of four, for typing."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
