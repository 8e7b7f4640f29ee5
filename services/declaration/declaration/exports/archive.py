"""A batch's ZIP: the CSV of its versions and the manifest, written as a stream, identical to the byte each time."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chassis import clock
from chassis.runtime import Runtime
from sqlalchemy import Row, select

from declaration.api_types.exchange import Manifest
from declaration.domain.exports import columns, manifest
from declaration.domain.exports.columns import Version
from declaration.domain.exports.manifest import Layout, Made, Totals
from declaration.models import Campaign, DeclarationVersion, ExportBatch, RentDeclaration

PAGE = 1_000
DELIMITER = ";"
MANIFEST = "manifeste.json"
_SHOWN = (
    DeclarationVersion.id,
    DeclarationVersion.declaration_id,
    DeclarationVersion.version,
    DeclarationVersion.supersedes,
    Campaign.year,
    DeclarationVersion.reference,
    DeclarationVersion.sha256,
    DeclarationVersion.transmitted_at,
    DeclarationVersion.late,
    DeclarationVersion.channel,
    DeclarationVersion.received_on,
    DeclarationVersion.posted_on,
    DeclarationVersion.reason,
    DeclarationVersion.question,
    DeclarationVersion.snapshot,
)


@dataclass(frozen=True)
class Written:
    """Manifest of the written ZIP, and its size in bytes."""

    manifest: Manifest
    size: int


class _Forward(io.RawIOBase):
    """Write-only stream without seeking: the ZIP is the same on a disk and on S3."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self.size += len(block)
        self._target.write(block)
        return len(block)


def pages(runtime: Runtime, export_id: UUID) -> Iterator[list[Version]]:
    """The versions of a batch in a fixed order, page by page."""
    after = UUID(int=0)
    of_batch = (
        select(*_SHOWN)
        .join(RentDeclaration, RentDeclaration.id == DeclarationVersion.declaration_id)
        .join(Campaign, Campaign.id == RentDeclaration.campaign_id)
        .where(DeclarationVersion.export_id == export_id)
        .order_by(DeclarationVersion.id)
        .limit(PAGE)
    )
    while True:
        with runtime.read_only() as session:
            rows = session.execute(of_batch.where(DeclarationVersion.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield [_version(row) for row in rows]


def _version(row: Row[Any]) -> Version:
    return Version(
        declaration_id=str(row.declaration_id),
        version=row.version,
        supersedes=row.supersedes,
        campaign_year=row.year,
        reference=row.reference,
        sha256=row.sha256,
        transmitted_at=row.transmitted_at,
        late=row.late,
        channel=row.channel,
        received_on=row.received_on,
        posted_on=row.posted_on,
        reason=row.reason,
        question=row.question,
        snapshot=row.snapshot,
    )


def write(target: IO[bytes], batch: ExportBatch, versions: Iterable[list[Version]], previous: str | None) -> Written:
    """`previous`: SHA-256 of the previous batch's manifest; None for the first."""
    forward = _Forward(target)
    with ZipFile(cast(IO[bytes], forward), "w", ZIP_DEFLATED) as archive:
        made = _write_lines(archive, batch, versions)
        content = manifest.manifest(
            export_id=str(batch.id),
            caf_code=batch.caf_code,
            number=batch.number,
            claimed_at=batch.claimed_at,
            made=made,
            previous=previous,
        )
        archive.writestr(_entry(MANIFEST, batch), manifest.to_bytes(content))
    return Written(content, forward.size)


def _write_lines(archive: ZipFile, batch: ExportBatch, versions: Iterable[list[Version]]) -> Made:
    name = f"declarations-{batch.caf_code}-{batch.number:06d}.csv"
    layout = manifest.layout(batch.manifest)
    digest, size, totals = hashlib.sha256(), 0, Totals()
    with archive.open(_entry(name, batch), "w", force_zip64=True) as entry:
        for block in _blocks(layout, versions, totals):
            digest.update(block)
            size += len(block)
            entry.write(block)
    return Made(layout, name, digest.hexdigest(), size, totals)


def _blocks(layout: Layout, versions: Iterable[list[Version]], totals: Totals) -> Iterator[bytes]:
    yield _lines([list(layout.columns)])
    for page in versions:
        for version in page:
            totals.add(version)
        yield _lines([columns.row(version, layout.columns) for version in page])


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=DELIMITER, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _entry(name: str, batch: ExportBatch) -> ZipInfo:
    """Dated by the batch, not by the clock of the process that writes it."""
    local = batch.claimed_at.astimezone(clock.PARIS)
    entry = ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.compress_type = ZIP_DEFLATED
    # As on Unix, whatever the platform.
    entry.create_system, entry.external_attr = 3, 0o600 << 16
    return entry
