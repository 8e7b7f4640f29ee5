"""The columns of the Caf's answers: one row each, with its reader, when it is mandatory, its rule and an example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from declaration.domain.answers.reasons import EVENTS, REASONS
from declaration.domain.registry import values
from declaration.domain.registry.columns import Column, Row, always, never
from declaration.domain.registry.lines import Format, LineError
from declaration.domain.rows import same
from declaration.domain.states import State

LONGEST_TEXT = 400
HIGHEST_VERSION = 9_999
_REFERENCE = re.compile(r"R\d{2}(-[0-9A-HJKMNP-TV-Z]{4}){4}", re.ASCII)
WORDED = frozenset({State.INFORMATION_REQUESTED.value, State.REJECTED.value})


def reference(value: str) -> str:
    """The reference as printed on the recap; lower case and surrounding spaces are accepted."""
    bare = value.strip().upper()
    if not _REFERENCE.fullmatch(bare):
        raise ValueError("Cette référence n’a pas la forme attendue.")
    return bare


def version(value: str) -> int:
    """A version number, 1 or more."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else 0
    if not 1 <= number <= HIGHEST_VERSION:
        raise ValueError("Un numéro de version est attendu.")
    return number


def text(value: str) -> str:
    return values.line(value, LONGEST_TEXT)


def rejected(row: Row) -> bool:
    return row.get("answer") == State.REJECTED.value


def worded(row: Row) -> bool:
    return row.get("answer") in WORDED


COLUMNS: dict[str, Column] = {
    "reference": Column(
        reference, always, "la référence d’une version transmise à votre Caf", "R26-8K3M-W2QT-5YBN-0XCD"
    ),
    "version": Column(version, never, "le numéro de cette version, ou vide", "1"),
    "answer": Column(values.one_of(*EVENTS), always, f"un mot parmi {', '.join(EVENTS)}", "integrated"),
    "reason_code": Column(
        values.one_of(*REASONS),
        rejected,
        f"pour un rejet, un mot parmi {', '.join(REASONS)}",
        "wrong_month",
    ),
    "text": Column(
        text,
        worded,
        f"la question, ou l’explication du rejet ; {LONGEST_TEXT} caractères au plus",
        "Le loyer comprend-il le garage ?",
    ),
    # Columns of the export, which a Caf may leave in its file: their values must then be those of the reference.
    **{
        name: Column(text, never, f"celui de la version de la référence ({what}), ou vide", example)
        for name, what, example in (
            ("declaration_id", "la déclaration", "01973f50-0000-7000-8000-00000000000c"),
            ("user_number", "le N° utilisateur", "35900007090001"),
            ("tenant_number", "le N° allocataire", "1234567A"),
            ("dwelling_ref", "le logement", "L-0001"),
        )
    },
}


def of_another(values: Mapping[str, Any], declaration_id: str, snapshot: Mapping[str, Any]) -> str | None:
    """The first column that names a declaration, landlord, tenant or dwelling other than the reference's."""
    known = {
        "declaration_id": declaration_id,
        "user_number": snapshot["landlord"]["user_number"],
        "tenant_number": snapshot["tenant"]["number"],
        "dwelling_ref": snapshot["dwelling"]["reference"],
    }
    differ = (name for name, value in known.items() if values[name] and not same.reference(values[name], value))
    return next(differ, None)


def _disagreements(row: Mapping[str, Any], number: int) -> list[LineError]:
    if row["reason_code"] and row["answer"] and row["answer"] != State.REJECTED.value:
        return [ANSWERS.error(number, "reason_code", "Seul un rejet a un code de motif.")]
    return []


ANSWERS = Format(COLUMNS, _disagreements)
