"""Who must have a second factor, and from when."""

ROLES = frozenset({"administrator", "delegate"})
KINDS = frozenset({"agent"})


def must_protect(kind: str, role: str | None) -> bool:
    """`role`: the person's active role in their organisation; None without one."""
    return kind in KINDS or role in ROLES


def protection_due(kind: str, role: str | None, unprotected_sign_ins: int, grace: int) -> bool:
    """`grace`: how many sign-ins may be completed without, so that nobody is stopped on the way to a deadline."""
    return must_protect(kind, role) and unprotected_sign_ins >= grace
