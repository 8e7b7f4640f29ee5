"""The rules of documents: how long they are kept, under which name they are stored and downloaded."""

import hashlib
from datetime import UTC, date, datetime

from chassis.clock import PARIS

PURGED_REASON = "Durée de conservation atteinte"


class SnapshotAltered(Exception):
    """The data received are not those whose hash was published: no receipt is made of them."""


def require_intact(canonical: str, sha256: str) -> None:
    """Raises SnapshotAltered unless `sha256` (hex) is that of the canonical text: it is printed as a proof."""
    if hashlib.sha256(canonical.encode()).hexdigest() != sha256:
        raise SnapshotAltered


def kept_until(campaign_year: int, retention_years: int) -> datetime:
    """The instant from which a receipt may be purged: the last French 31 December of its retention is over."""
    return datetime(campaign_year + retention_years + 1, 1, 1, tzinfo=PARIS).astimezone(UTC)


def recap_key(content_sha256: str) -> str:
    """Storage by content: the same bytes are one file, and a file that changed no longer has its name."""
    return f"recaps/{content_sha256[:2]}/{content_sha256}.pdf"


def letter_key(message_id: str) -> str:
    """In the tray shared with notification; unlike a receipt's, the name must not tell what is inside."""
    return f"letters/{message_id}.jwe"


def download_name(campaign_year: int, reference: str) -> str:
    """No name of a person: a download is listed by browsers and shared machines."""
    return f"Récapitulatif loyer juillet {campaign_year} - {reference}.pdf"


def received_on(transmitted_at: datetime) -> date:
    """The French day of receipt: a declaration of 23:30 UTC in July was received the next day."""
    return transmitted_at.astimezone(PARIS).date()
