"""The files of recaps: stored by content hash, before the row that names them."""

import hashlib
from datetime import datetime
from typing import TypedDict

from chassis.storage import Storage

from documents import domain
from documents.rendering.pdf import Rendered
from documents.settings import Settings


class StoredFile(TypedDict):
    """The columns of a `models.Document` that say what its file is."""

    content_sha256: str
    storage_key: str
    pages: int
    size: int
    kept_until: datetime


def store(settings: Settings, rendered: Rendered, campaign_year: int) -> StoredFile:
    """Before its row commits: a file without row is rendered again, a row needs its file."""
    content_sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    key = domain.recap_key(content_sha256)
    Storage(settings.storage_url).put(key, rendered.pdf)
    return {
        "content_sha256": content_sha256,
        "storage_key": key,
        "pages": rendered.pages,
        "size": len(rendered.pdf),
        "kept_until": domain.kept_until(campaign_year, settings.retention_years),
    }
