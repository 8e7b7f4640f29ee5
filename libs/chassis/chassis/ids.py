"""Identifiers: UUIDv7 for rows, name-based UUIDs where services must agree without a call."""

import secrets
from uuid import UUID, uuid5

import uuid_utils

# RFC 9562 version 5: the same landlord gives the same organisation in every service, without a call between them.
_ORGANISATIONS = UUID("6f0c2f0e-5a57-5c2c-9d38-2f1d7f7a3c11")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUIDv7: time-ordered, so that inserts append to indexes."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def organisation_id(*, siret: str | None = None, user_number: str | None = None) -> UUID:
    """One organisation per SIRET for a legal person, per user number for a natural person (hence per Caf)."""
    if siret:
        return uuid5(_ORGANISATIONS, f"siret:{siret}")
    if user_number:
        return uuid5(_ORGANISATIONS, f"user_number:{user_number}")
    raise ValueError("an organisation is known by a SIRET or a user number")


def random_reference(prefix: str, *, groups: int = 4, size: int = 4) -> str:
    """An unguessable reference such as ``R26-8K3M-…``: 5 bits per character, Crockford base32 (no I, L, O, U)."""
    parts = ("".join(secrets.choice(CROCKFORD) for _ in range(size)) for _ in range(groups))
    return "-".join((prefix, *parts))
