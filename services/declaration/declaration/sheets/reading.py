"""Reads an uploaded file as lines of cells, in a separate process that a zip bomb may kill."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from declaration.domain.registry.lines import FileRefusedError
from declaration.domain.rows.columns import COLUMNS
from declaration.domain.rows.known_columns import KNOWN_COLUMNS
from declaration.settings import DeclarationSettings
from declaration.sheets import extract, layout
from declaration.sheets.extract import Extracted, RefusedFile

SAVE_AS = (
    "Enregistrez-le depuis votre tableur en classeur XLSX, ou en CSV avec le jeu de caractères UTF-8 (dans Excel,"
    " « CSV UTF-8 »)."
)
REFUSALS = {
    "format": "Ce fichier n’est ni un classeur Excel (XLSX) ni un CSV. Enregistrez-le sous l’un de ces formats.",
    "unreadable": "Ce classeur est abîmé et ne peut pas être ouvert. Enregistrez-le de nouveau depuis votre tableur.",
    "password": "Ce classeur est protégé par un mot de passe. Retirez-le avant de l’envoyer.",
    "bomb": "Ce classeur est démesuré une fois ouvert. Repartez du modèle à télécharger.",
    "too_many": "Ce fichier a trop de lignes. Partagez-le en plusieurs fichiers.",
    "csv": "Ce fichier CSV n’est pas lisible : un guillemet est ouvert et n’est pas fermé.",
    "charset": f"Ce fichier CSV n’est enregistré ni en UTF-8 ni en Windows-1252. {SAVE_AS}",
    "utf16": f"Ce fichier est enregistré en UTF-16 (« Texte Unicode »). {SAVE_AS}",
    "byte": "La ligne {line} de ce fichier CSV contient un caractère illisible (octet {byte}) au milieu d’un fichier"
    f" UTF-8. Corrigez cette ligne. {SAVE_AS}",
    "header": "La colonne « Repère (ne pas modifier) » est absente. Repartez du modèle à télécharger.",
    "twice": "Une colonne du modèle figure deux fois. Repartez du modèle à télécharger.",
    "no_line": "Ce fichier n’a aucune ligne sous celle des titres. Repartez du modèle à télécharger.",
    "nothing": "Ce fichier n’a aucune colonne à remplir. Repartez du modèle à télécharger.",
}


@dataclass(frozen=True)
class Line:
    """`declaration_id` is None when the mark is not one of ours; `shifted`: there are more cells than columns.

    `cells`: what was filled; `known`: the columns that identify the tenant, as received.
    """

    number: int
    declaration_id: UUID | None
    revision: int | None
    cells: dict[str, str]
    known: dict[str, str]
    shifted: bool = False


@dataclass(frozen=True)
class Sheet:
    """Content of a file: its kind, its lines, and the headings of unknown columns."""

    kind: str
    lines: list[Line]
    unknown: list[str]


def read(content: bytes, settings: DeclarationSettings) -> Sheet:
    """Raises FileRefusedError."""
    found = _opened(content, settings)
    if "refused" in found:
        raise FileRefusedError(REFUSALS[found["refused"]].format(**found["where"]))
    names = layout.named(found["header"])
    read_ = {layout.MARK, *COLUMNS, *KNOWN_COLUMNS}
    twice = [name for name, times in Counter(names).items() if times > 1 and name in read_]
    if twice or not any(name in COLUMNS for name in names):
        raise FileRefusedError(REFUSALS["twice" if twice else "nothing"])
    if not found["lines"]:
        raise FileRefusedError(REFUSALS["no_line"])
    unknown = [text[:60] for text, name in zip(found["header"], names, strict=True) if text and name is None]
    return Sheet(found["kind"], [_line(number, cells, names) for number, cells in found["lines"]], unknown)


def _line(number: int, cells: list[str], names: list[str | None]) -> Line:
    """A line shorter than the header has empty cells."""
    padded = cells + [""] * (len(names) - len(cells))
    given = {name: text for name, text in zip(names, padded, strict=False) if name}
    mark = layout.parse_mark(given[layout.MARK])
    identifier, revision = mark or (None, None)
    filled, known = ({name: given[name] for name in given if name in table} for table in (COLUMNS, KNOWN_COLUMNS))
    return Line(number, identifier, revision, filled, known, shifted=len(cells) > len(names))


def _opened(content: bytes, settings: DeclarationSettings) -> Extracted | RefusedFile:
    limits = (settings.import_read_memory, settings.import_read_seconds, settings.import_max_lines)
    command = [sys.executable, "-m", extract.__name__, *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, its arguments are numbers
            command, input=content, capture_output=True, timeout=settings.import_read_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return {"refused": "bomb", "where": {}}
    if done.returncode != 0:
        # Killed at a limit, or out of memory.
        return {"refused": "bomb", "where": {}}
    answer: Extracted | RefusedFile = json.loads(done.stdout)
    return answer
