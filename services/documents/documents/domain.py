"""Rules of documents: retention, names in storage and for download."""

import hashlib
from datetime import UTC, date, datetime

from chassis.clock import PARIS

PURGED_REASON = "Durée de conservation atteinte"


class SnapshotAltered(Exception):
    """The data received do not match the published hash: no recap is rendered."""


def require_intact(canonical: str, sha256: str) -> None:
    """Raises SnapshotAltered unless `sha256` (hex), printed as proof, is that of the canonical text."""
    if hashlib.sha256(canonical.encode()).hexdigest() != sha256:
        raise SnapshotAltered


def kept_until(campaign_year: int, retention_years: int) -> datetime:
    """The instant from which a recap may be purged: the end, French time, of the last 31 December of its retention."""
    return datetime(campaign_year + retention_years + 1, 1, 1, tzinfo=PARIS).astimezone(UTC)


def recap_key(content_sha256: str) -> str:
    """Content-addressed storage: the same bytes are one file, and a changed file no longer matches its name."""
    return f"recaps/{content_sha256[:2]}/{content_sha256}.pdf"


def letter_key(message_id: str) -> str:
    """Key in the exchange storage shared with notification; unlike a recap's, the name must not reveal the content."""
    return f"letters/{message_id}.jwe"


def download_name(campaign_year: int, reference: str) -> str:
    """Holds no person's name: browsers and shared machines list downloads."""
    return f"Récapitulatif loyer juillet {campaign_year} - {reference}.pdf"


def received_on(transmitted_at: datetime) -> date:
    """The French day of receipt: a declaration of 23:30 UTC in July was received the next day."""
    return transmitted_at.astimezone(PARIS).date()
