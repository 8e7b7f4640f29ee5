"""Exports a whole list as a file, with the filters and the order shown.

Rows stream from a database cursor into a temporary file, so memory does not grow with the list; nothing is sent
before the file is complete, so a failure is an error and not half a list.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from chassis import clock, journal
from chassis.auth import Caller
from chassis.french.housing import HOUSING_TYPES
from chassis.runtime import Runtime
from flask import Response
from sqlalchemy import Row, and_
from sqlalchemy.orm import Session

from declaration.domain.states import State, label
from declaration.listing import sheets, sorting
from declaration.listing.filters import Filters, conditions, late
from declaration.listing.pages import SHOWN
from declaration.models import RentDeclaration
from declaration.perimeter import joined, visible

FETCHED_AT_ONCE = 1000
CHUNK = 64 * 1024
# Title -> width in a sheet, in characters.
COLUMNS = {
    "Campagne": 10,
    "Bailleur": 28,
    "N° d’utilisateur": 17,
    "N° allocataire": 14,
    "Nom": 20,
    "Prénom": 16,
    "Logement": 14,
    "Adresse": 48,
    "Commune (Insee)": 16,
    "Département": 12,
    "Type": 13,
    "État": 22,
    "En retard": 10,
    "Version": 8,
    "Loyer hors charges": 18,
    "Charges": 12,
    "Dernier changement": 19,
}
WRITERS = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": sheets.XLSX}


def answer(runtime: Runtime, caller: Caller, filters: Filters, sort: str | None, kind: str) -> Response:
    """The file; who downloaded it is in the journal."""
    file = TemporaryFile()  # noqa: SIM115 - closed once it is sent
    with runtime.read_only() as session:
        written = WRITERS[kind](file, COLUMNS, _rows(session, caller, filters, sort))
    with runtime.transaction() as session:
        _journal(session, caller, kind, written)
    name = f"declarations-{clock.today().isoformat()}.{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.tell()),
        "Cache-Control": "no-store",
    }
    file.seek(0)
    return Response(_chunks(file), content_type=TYPES[kind], headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _rows(session: Session, caller: Caller, filters: Filters, sort: str | None) -> Iterator[list[sheets.Cell]]:
    inside = [visible(caller), *conditions(filters)]
    if filters.status:
        inside.append(RentDeclaration.state == filters.status)
    columns = (*SHOWN, RentDeclaration.commune_insee, RentDeclaration.draft, late(clock.today()).label("late"))
    statement = joined(*columns).where(and_(*inside)).order_by(*sorting.of(sort).by)
    for row in session.execute(statement.execution_options(yield_per=FETCHED_AT_ONCE)):
        yield _cells(row)


def _cells(row: Row[Any]) -> list[sheets.Cell]:
    charges = ((row.draft or {}).get("rent") or {}).get("charges")
    return [
        row.year,
        row.name,
        row.user_number,
        row.tenant_number,
        row.tenant_last_name,
        row.tenant_first_name,
        row.reference,
        ", ".join(row.address),
        row.commune_insee,
        row.departement,
        HOUSING_TYPES[row.housing_type],
        label(State(row.state), row.version),
        "oui" if row.late else "non",
        row.version,
        row.rent,
        Decimal(charges) if charges else None,
        _french_day(row.updated_at),
    ]


def _french_day(instant: datetime) -> date:
    return instant.astimezone(clock.PARIS).date()


def _journal(session: Session, caller: Caller, kind: str, rows: int) -> None:
    journal.record(
        session,
        actor=caller.sub,
        action="declarations.exported",
        subject=caller.org or caller.caf or "",
        perimeter=caller.org or caller.caf or "",
        after={"format": kind, "rows": rows},
    )
