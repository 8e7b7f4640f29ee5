"""A row of « Saisir en tableau »: the service's values, the typed values, and parsing of a submitted page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.texts import full_name

from portal.api_types.declaration.declarations import DeclaredField
from portal.api_types.declaration.many_tenants import CellError, DraftRow, SaveDraftsAnswerItem
from portal.clients import api

PAGE_SIZE = 50
YES_NO = {"": "–", "oui": "Oui", "non": "Non"}
CONFIRMING = ("confirm", "reason")
# Asked last, as on the paper form, with the fields that follow from it.
ASKED_LAST = "rent_up_to_date"
WIDTHS = {"day": 10, "number": 2, "amount": 5, "text": 20}
Sent = Mapping[str, str]
# Whom a row is for comes back in a hidden field, which may hold anything.
SentRow = Mapping[str, Any]
# The choices of a cell, or the width of its field in characters; 0 is a box to tick.
Kind = dict[str, str] | int


def columns() -> dict[str, tuple[str, Kind]]:
    """The columns of the service that are typed here, in their order -> heading and kind."""
    fields = [field for field in api().declaration.fields() if field["heading"]]
    fields.sort(key=lambda field: ASKED_LAST in (field["name"], field["follows"]))
    return {field["name"]: (field["heading"] or "", kind(field)) for field in fields}


def kind(field: DeclaredField) -> Kind:
    if field["kind"] == "agreement":
        return 0
    if field["kind"] == "flag":
        return YES_NO
    if field["kind"] == "choice":
        return {"": "–", **{option["cell"]: option["cell"].capitalize() for option in field["options"]}}
    return WIDTHS[field["kind"]]


def cells() -> tuple[str, ...]:
    return (*columns(), *CONFIRMING)


def labels() -> dict[str, str]:
    return {
        **{name: heading for name, (heading, _kind) in columns().items()},
        "confirm": "Je confirme",
        "reason": "Motif",
    }


# What identifies a row's tenant; sent back unchanged.
STATED = ("tenant", "dwelling", "previous_rent", "previous_charges")
TENANT_MISSING = (
    "Cette ligne ne dit plus de quel locataire elle est : rien n’en est enregistré. Vérifiez-la, puis enregistrez de"
    " nouveau."
)
# The column that shows an error of the whole row.
COLUMN_OF_ROW = "confirmed"
# The answers that can be given once for all rows of a page, with their labels.
SAME_FOR_ALL = {
    "confirmed": "Les informations connues de la Caf sont exactes",
    "present": "Le locataire occupe toujours le logement",
    "rent_up_to_date": "Le loyer est à jour",
}


@dataclass
class Line:
    """A row of the page. `typed`: the field values; `theirs`: what another person saved, where it differs."""

    row: DraftRow
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    # The fields' initial values, as JSON, and their ETag: unchanged rows are not sent.
    base: str = ""
    etag: str = ""
    # Whom the row was shown for, as JSON: the service compares it with the declaration that the row is saved to.
    shown_for: str = ""

    def __post_init__(self) -> None:
        self.shown_for = self.shown_for or json.dumps(stated(self.row), ensure_ascii=False)
        self.base = self.base or json.dumps(self.row["cells"], ensure_ascii=False)
        self.etag = self.etag or self.row["etag"]

    @property
    def tenant(self) -> str:
        return full_name(self.row["tenant"]["last_name"], self.row["tenant"]["first_name"])


def cells_of(row: DraftRow) -> dict[str, str]:
    return {name: str(value) for name, value in row["cells"].items()}


def stated(row: DraftRow) -> Mapping[str, object]:
    """What identifies a row's tenant."""
    return {name: value for name, value in row.items() if name in STATED}


def touched(form: Sent) -> Iterator[int]:
    """The indexes of the rows in which something was typed."""
    for place in places(form):
        # After a conflict, this person accepts the other's values.
        if not given(form, place, "theirs") and typed(form, place) != shown_before(given(form, place, "base")):
            yield place


def sent(form: Sent) -> Iterator[SentRow]:
    """The rows in which something was typed."""
    for place in touched(form):
        row = {"id": given(form, place, "id"), "etag": given(form, place, "etag"), "cells": typed(form, place)}
        yield {**row, **{name: value for name, value in read(given(form, place, "for")).items() if name in STATED}}


def unnamed(row: SentRow) -> SaveDraftsAnswerItem | None:
    """The refusal of a row whose hidden field no longer names its tenant; None when it does."""
    if row.get("tenant") and row.get("dwelling"):
        return None
    error: CellError = {"column": "", "code": "tenant_missing", "detail": TENANT_MISSING, "rule": "", "example": ""}
    return {"id": row["id"], "outcome": "refused", "errors": [error], "row": None}


def filled(rows: list[DraftRow], form: Sent) -> list[Line]:
    """
    The page as typed, with « oui » to the questions ticked in SAME_FOR_ALL wherever a row has no answer.

    Nothing is saved: each row keeps the ETag it was shown with, so that a concurrent save is detected later.
    """
    chosen = [name for name in SAME_FOR_ALL if form.get(f"all-{name}")]
    here = {given(form, place, "id"): place for place in places(form)}
    return [_filled(row, form, here.get(row["id"]), chosen) for row in rows]


def taken_up(rows: list[DraftRow], form: Sent) -> list[Line]:
    """
    The page as typed before it expired; rows without input show their current values.

    « Remplir les réponses manquantes » is applied if it was requested.
    """
    if "fill" in form:
        return filled(rows, form)
    here = {given(form, place, "id"): place for place in touched(form)}
    return [_filled(row, form, here.get(row["id"]), []) for row in rows]


def no_longer_listed(rows: list[DraftRow], form: Sent) -> int:
    """How many typed-in rows of `form` can no longer be saved."""
    return len({given(form, place, "id") for place in touched(form)} - {row["id"] for row in rows})


def _filled(row: DraftRow, form: Sent, place: int | None, chosen: list[str]) -> Line:
    if place is None:
        return Line(row, cells_of(row))
    cells = typed(form, place)
    cells |= {name: "oui" for name in chosen if not cells[name]}
    base, etag, shown_for = (given(form, place, name) for name in ("base", "etag", "for"))
    return Line(row, cells, base=base, etag=etag, shown_for=shown_for)


def places(form: Sent) -> Iterator[int]:
    """The indexes of the rows in the form."""
    for place in range(PAGE_SIZE):
        if f"l{place}-id" not in form:
            return
        yield place


def given(form: Sent, place: int, name: str) -> str:
    """One field of a row; empty when missing."""
    return form.get(f"l{place}-{name}", "")


def typed(form: Sent, place: int) -> dict[str, str]:
    """The cells of a row."""
    return {name: given(form, place, name).strip()[:600] for name in cells()}


def shown_before(base: str) -> dict[str, str]:
    """The row's initial values; empty when unreadable, so that the row is sent."""
    found = read(base)
    return {name: str(found.get(name, "")) for name in cells()} if found else {}


def read(text: str) -> Mapping[str, Any]:
    """The JSON object of a hidden field; empty when it is not one."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
