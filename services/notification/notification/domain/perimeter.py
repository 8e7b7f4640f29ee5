"""Which Caf's agents see a message."""

CAF_DIGITS = 3


def caf_of(caf_code: str | None, user_number: str | None) -> str | None:
    """The Caf named, else the one that gave the user number (its first three digits; see docs/glossary.md).

    None for a user whom an administrator created: their organisation may belong to several Cafs."""
    return caf_code or (user_number[:CAF_DIGITS] if user_number else None)
