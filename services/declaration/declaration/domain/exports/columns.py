"""Columns of the export: one row each, with its content, how it is read from a transmitted version, and an example.

All values come from immutable columns of a version, so that rewriting a file gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis import clock, texts
from chassis.french.housing import HOUSING_TYPES

from declaration.domain.declared import STEPS
from declaration.domain.fields import Address

LINES_JOINED_BY = "|"
_TYPES = " ou ".join(f"`{each}`" for each in HOUSING_TYPES)


@dataclass(frozen=True, slots=True)
class Version:
    """A transmitted version, from its row."""

    declaration_id: str
    version: int
    supersedes: int | None
    campaign_year: int
    reference: str
    sha256: str
    transmitted_at: datetime
    late: bool
    channel: str
    received_on: date | None
    posted_on: date | None
    reason: str | None
    question: str | None
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `content`: what it holds, in French, for the page that documents the file."""

    read: Callable[[Version], Any]
    content: str
    example: str
    # The first format of the file that has it.
    since: int = 1


def _of(part: str, name: str) -> Callable[[Version], Any]:
    """Empty when the version is older than the field."""
    return lambda version: version.snapshot[part].get(name)


def _words(read: Callable[[Version], Any]) -> Callable[[Version], str]:
    """Free text on one line, never a formula."""
    return lambda version: texts.guard_formula(" ".join((read(version) or "").split()))


def _address(part: str, name: str) -> Callable[[Version], str]:
    return _words(lambda version: LINES_JOINED_BY.join(version.snapshot[part].get(name) or []))


def _confirmed(version: Version) -> str:
    found = {each["code"]: each["reason"] or "" for each in version.snapshot["confirmations"]}
    return json.dumps(found, ensure_ascii=False, sort_keys=True) if found else ""


def _corrected(version: Version) -> str:
    return LINES_JOINED_BY.join(each["field"] for each in version.snapshot["corrected"])


# Columns that follow that of a field.
_AFTER: dict[str, dict[str, Column]] = {
    "lease_start": {
        "corrected": Column(
            _corrected, "ce que le bailleur a corrigé, noms joints par une barre verticale", "furnished"
        )
    },
    "charges": {"total": Column(_of("rent", "total"), "loyer et charges, euros, deux décimales", "550.30")},
}


def _declared() -> Iterator[tuple[str, Column]]:
    for step, table in STEPS.items():
        for name, field in table.items():
            if field.export:
                read = _address(step, name) if isinstance(field, Address) else _of(step, name)
                column = Column(read, field.export.content, field.export.example, field.export.since)
                yield field.export.name or name, column
                yield from _AFTER.get(name, {}).items()


_ALL: dict[str, Column] = {
    "declaration_id": Column(
        lambda version: version.declaration_id,
        "identifiant de la déclaration, le même pour toutes ses versions",
        "01973f50-0000-7000-8000-00000000000c",
    ),
    "version": Column(lambda version: version.version, "numéro de la version, à partir de 1", "2"),
    "supersedes": Column(lambda version: version.supersedes, "version que celle-ci remplace, ou vide", "1"),
    "reference": Column(
        lambda version: version.reference,
        "référence imprimée sur le récapitulatif ; la Caf la rappelle dans sa réponse",
        "R26-8K3M-W2QT-5YBN-0XCD",
    ),
    "campaign_year": Column(lambda version: version.campaign_year, "année du loyer de juillet", "2026"),
    "user_number": Column(_of("landlord", "user_number"), "N° utilisateur du bailleur", "35900007090001"),
    "tenant_number": Column(_of("tenant", "number"), "N° allocataire du locataire", "1234567A"),
    "dwelling_ref": Column(
        _words(_of("dwelling", "reference")), "référence du logement, celle du fichier du registre", "L-0001"
    ),
    "housing_type": Column(_of("dwelling", "housing_type"), _TYPES, "private"),
    **dict(_declared()),
    "confirmations": Column(
        _confirmed,
        "objet JSON : ce que le bailleur a confirmé, code et motif (vide s’il n’en donne pas)",
        '{"differs_from_last_year": "Travaux"}',
    ),
    "channel": Column(
        lambda version: version.channel,
        "`web`, `paper` (saisie par un agent) ou `file` (dernier enregistrement par un fichier du bailleur)",
        "web",
    ),
    "late": Column(lambda version: version.late, "après la date limite, `0` (non) ou `1` (oui)", "0"),
    "transmitted_at": Column(
        lambda version: clock.iso(version.transmitted_at), "instant de réception, UTC", "2026-09-02T08:15:00Z"
    ),
    "reason": Column(
        _words(lambda version: version.reason),
        "motif de la rectification, ou réponse du bailleur à la question de la Caf, ou vide",
        "Erreur de saisie sur les charges",
    ),
    "question": Column(
        _words(lambda version: version.question),
        "question de la Caf à laquelle cette version répond, ou vide",
        "Le loyer comprend-il le garage ?",
    ),
    "sha256": Column(
        lambda version: version.sha256,
        "empreinte du contenu transmis, celle du récapitulatif",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    "received_on": Column(
        lambda version: version.received_on,
        "arrivée du papier à la Caf, AAAA-MM-JJ, ou vide : `transmitted_at` est l’instant de sa saisie",
        "2026-09-01",
        since=2,
    ),
    "posted_on": Column(
        lambda version: version.posted_on,
        "cachet de la poste du papier, AAAA-MM-JJ, ou vide ; s’il est lisible, `late` en dépend",
        "2026-08-31",
        since=2,
    ),
}
# New ones come at the end: earlier batches are rewritten with the columns they had.
COLUMNS: dict[str, Column] = dict(sorted(_ALL.items(), key=lambda named: named[1].since))
FORMAT = f"offre-bailleurs/export/{max(column.since for column in COLUMNS.values())}"


def row(version: Version, names: Iterable[str] = COLUMNS) -> list[str]:
    """The values of a line, in the order of the columns' names."""
    return [_plain(COLUMNS[name].read(version)) for name in names]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
