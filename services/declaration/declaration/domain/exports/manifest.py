"""Manifest of a batch: contents, totals, hashes, and the hash of the previous manifest, which makes a chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from chassis import clock
from chassis.french import money

from declaration.api_types.exchange import Manifest, ManifestTotals
from declaration.domain.exports.columns import COLUMNS, FORMAT, Version


@dataclass(frozen=True)
class Layout:
    """The columns of a file, and the name of the format that has them."""

    format: str = FORMAT
    columns: tuple[str, ...] = tuple(COLUMNS)


def layout(written: Mapping[str, Any] | None) -> Layout:
    """The layout of the batch's manifest, once there is one; else the current one."""
    return Layout(written["format"], tuple(written["columns"])) if written else Layout()


@dataclass
class Totals:
    """Totals, added up line by line."""

    lines: int = 0
    corrections: int = 0
    replies: int = 0
    late: int = 0
    rent: Decimal = Decimal("0.00")
    charges: Decimal = Decimal("0.00")
    channels: dict[str, int] = field(default_factory=dict)
    first_transmitted_at: datetime | None = None
    last_transmitted_at: datetime | None = None

    def add(self, version: Version) -> None:
        """Adds one line to the totals."""
        self.lines += 1
        self.corrections += version.supersedes is not None
        self.replies += version.question is not None
        self.late += version.late
        self.rent += Decimal(version.snapshot["rent"]["rent"])
        self.charges += Decimal(version.snapshot["rent"]["charges"])
        self.channels[version.channel] = self.channels.get(version.channel, 0) + 1
        at = version.transmitted_at
        self.first_transmitted_at = min(self.first_transmitted_at or at, at)
        self.last_transmitted_at = max(self.last_transmitted_at or at, at)

    def to_json(self) -> ManifestTotals:
        return {
            "lines": self.lines,
            "corrections": self.corrections,
            "replies": self.replies,
            "late": self.late,
            "rent": money.to_json(self.rent),
            "charges": money.to_json(self.charges),
            "channels": dict(sorted(self.channels.items())),
        }


@dataclass(frozen=True)
class Made:
    """The written file of lines."""

    layout: Layout
    name: str
    sha256: str
    size: int
    totals: Totals


def manifest(
    *, export_id: str, caf_code: str, number: int, claimed_at: datetime, made: Made, previous: str | None
) -> Manifest:
    """`previous`: SHA-256 of the previous batch's manifest; None for the first."""
    first, last = made.totals.first_transmitted_at, made.totals.last_transmitted_at
    return {
        "format": made.layout.format,
        "export_id": export_id,
        "caf_code": caf_code,
        "batch": number,
        "claimed_at": clock.iso(claimed_at),
        "period": {"from": clock.iso(first) if first else None, "to": clock.iso(last) if last else None},
        "totals": made.totals.to_json(),
        "files": [{"name": made.name, "sha256": made.sha256, "bytes": made.size, "lines": made.totals.lines}],
        "columns": list(made.layout.columns),
        "previous_manifest_sha256": previous,
    }


def to_bytes(content: Mapping[str, object]) -> bytes:
    """The manifest file: the same content always gives the same bytes."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
