"""A print batch: a ZIP with a PDF per letter and `manifest.json`, the same bytes for the same letters."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from notification.domain.batch_states import Destination
from notification.domain.kinds import Series

MANIFEST = "manifest.json"
# ZIP has no time zone and no date before 1980: a fixed date keeps the bytes equal in a rebuild.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class PdfMismatchError(Exception):
    """The file in storage is not the rendered one; `message_id` names the letter."""

    def __init__(self, message_id: UUID) -> None:
        super().__init__(f"the PDF of letter {message_id} has another hash than the one announced")
        self.message_id = message_id


@dataclass(frozen=True)
class PrintedLetter:
    """`content` is the PDF; `sha256` (hex) and `pages` as announced at rendering."""

    message_id: UUID
    content: bytes
    sha256: str
    pages: int


@dataclass(frozen=True)
class ManifestLine:
    position: int
    message_id: str
    file: str
    pages: int
    size: int
    sha256: str


@dataclass(frozen=True)
class BuiltBatch:
    """`content` is the ZIP, `sha256` (hex) its hash; `letters` and `pages` are the manifest's totals."""

    content: bytes
    sha256: str
    letters: int
    pages: int


def build_batch(
    *,
    batch_id: UUID,
    series: Series,
    made_at: datetime,
    print_from: datetime,
    destination: Destination,
    letters: Iterable[PrintedLetter],
) -> BuiltBatch:
    """The ZIP of the letters in the given order. Raises PdfMismatchError so that no altered PDF is printed."""
    buffer = BytesIO()
    lines: list[ManifestLine] = []
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for position, letter in enumerate(letters, start=1):
            line = _checked_line(position, letter)
            archive.writestr(ZipInfo(line.file, ZIP_EPOCH), letter.content)
            lines.append(line)
        manifest = _manifest(batch_id, series, made_at, print_from, destination, lines)
        archive.writestr(ZipInfo(MANIFEST, ZIP_EPOCH), json.dumps(manifest, indent=2, ensure_ascii=False))
    content = buffer.getvalue()
    pages = sum(line.pages for line in lines)
    return BuiltBatch(content=content, sha256=sha256(content).hexdigest(), letters=len(lines), pages=pages)


def _checked_line(position: int, letter: PrintedLetter) -> ManifestLine:
    digest = sha256(letter.content).hexdigest()
    if digest != letter.sha256:
        raise PdfMismatchError(letter.message_id)
    # File names hold the position and our id, never a person's name.
    return ManifestLine(
        position=position,
        message_id=str(letter.message_id),
        file=f"{position:05d}-{letter.message_id}.pdf",
        pages=letter.pages,
        size=len(letter.content),
        sha256=digest,
    )


def _manifest(
    batch_id: UUID,
    series: Series,
    made_at: datetime,
    print_from: datetime,
    destination: Destination,
    lines: Sequence[ManifestLine],
) -> dict[str, object]:
    return {
        "batch_id": str(batch_id),
        "series": series.value,
        "destination": destination.value,
        "made_at": made_at.isoformat(),
        "print_from": print_from.isoformat(),
        "totals": {
            "letters": len(lines),
            "pages": sum(line.pages for line in lines),
            "bytes": sum(line.size for line in lines),
        },
        "letters": [asdict(line) for line in lines],
    }
