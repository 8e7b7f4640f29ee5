"""The file to fill: the caller's unfinished declarations, with the known and saved values."""

from collections.abc import Iterator

from chassis import clock
from chassis.auth import Caller
from chassis.problems import FieldError, Invalid
from sqlalchemy import func
from sqlalchemy.orm import Session

from declaration.domain import journey
from declaration.domain.rows import row_validation
from declaration.filing.loading import LoadedDeclaration, of_row
from declaration.filing.same_tenant import known_tenant
from declaration.grid import commands as filing_rows
from declaration.listing import Filters
from declaration.models import Campaign, Dwelling, Landlord, RentDeclaration, Tenancy
from declaration.perimeter import joined
from declaration.sheets import writing
from declaration.sheets.layout import Row, mark


def make(session: Session, caller: Caller, filters: Filters, kind: str, most: int) -> bytes:
    """Raises Invalid beyond `most` declarations: nothing is left out silently."""
    inside = filing_rows.unfinished(caller, filters)
    count = session.execute(joined(func.count()).where(inside)).scalar_one()
    if count > most:
        raise too_many(count, most)
    statement = joined(RentDeclaration, Campaign, Tenancy, Dwelling, Landlord).where(inside)
    today = clock.today()
    found = session.execute(statement.order_by(*filing_rows.ORDER).execution_options(yield_per=500))
    return writing.write(kind, (row(of_row(one, caller, today)) for one in found))


def too_many(count: int, most: int) -> Invalid:
    detail = f"{count} déclarations à la fois, c’est trop ({most} au plus). Choisissez un département ou une commune."
    return Invalid([FieldError(pointer="/query/zone", code="too_many", detail=detail, example="35")], detail)


def row(loaded: LoadedDeclaration) -> Row:
    """The line of a declaration as it is now."""
    stands = row_validation.filled(loaded.draft, loaded.known, loaded.campaign.year)
    return Row(
        mark(loaded.row.id, loaded.row.revision),
        {**known_tenant(loaded), **stands, "points": "\n".join(_points(loaded))},
    )


def _points(loaded: LoadedDeclaration) -> Iterator[str]:
    for each in journey.confirmations(loaded.draft, loaded.known, loaded.campaign.year):
        if not each.confirmed:
            yield each.message
