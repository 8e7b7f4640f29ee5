"""Recovery codes: ten single-use codes, for when the telephone or key is unavailable."""

from identity.domain.credentials import ALPHABET, random_groups, signs_of

COUNT = 10
GROUPS = 3
_SIGNS = 12


def new_codes() -> list[str]:
    """``ACDE-FGHJ-KMNP``: 57 random bits each."""
    return [random_groups(GROUPS) for _ in range(COUNT)]


def read_code(typed: str) -> str | None:
    """The canonical code, tolerating case, spaces and hyphens; None if the format is wrong."""
    signs = signs_of(typed)
    if len(signs) != _SIGNS or any(sign not in ALPHABET for sign in signs):
        return None
    return "-".join(signs[start : start + 4] for start in range(0, _SIGNS, 4))
