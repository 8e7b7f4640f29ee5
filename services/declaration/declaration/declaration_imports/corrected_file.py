"""The file to correct: the reported lines as they were typed, each with what to do about it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from chassis.auth import Caller
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration.api_types.many_tenants import CellError as StoredError
from declaration.domain.rows import known_columns, row_validation
from declaration.domain.rows.columns import COLUMNS
from declaration.filing import loading
from declaration.filing.loading import LoadedDeclaration
from declaration.filing.same_tenant import known_tenant
from declaration.models import DeclarationImport, DeclarationImportLine
from declaration.sheets import layout, writing
from declaration.sheets.layout import Row

BATCH = 500


def make(session: Session, caller: Caller, row: DeclarationImport) -> tuple[bytes, str]:
    """The bytes and the kind, that of the received file."""
    kind = row.kind or "xlsx"
    return writing.write(kind, _rows(session, caller, row.id), correcting=True), kind


def _rows(session: Session, caller: Caller, import_id: UUID) -> Iterator[Row]:
    here = (DeclarationImportLine.import_id == import_id) & DeclarationImportLine.reported
    after = 0
    while lines := _next(session, here, after):
        found = loading.many(session, caller, [line.declaration_id for line in lines if line.declaration_id])
        for line in lines:
            yield _row(line, found.get(line.declaration_id) if line.declaration_id else None)
        after = lines[-1].line


def _next(session: Session, here: object, after: int) -> Sequence[DeclarationImportLine]:
    statement = select(DeclarationImportLine).where(here, DeclarationImportLine.line > after)  # type: ignore[arg-type]  # a condition
    return session.execute(statement.order_by(DeclarationImportLine.line).limit(BATCH)).scalars().all()


def _row(line: DeclarationImportLine, loaded: LoadedDeclaration | None) -> Row:
    """A line that is not the caller's shows only what was filled; the others name their tenant and the revision seen.
    A line whose mark is another tenant's stays as it came: sent again, it is refused again."""
    said = "\n".join(_sentence(error) for error in line.errors)
    points = "\n".join(line.points)
    filled = {name: text for name, text in line.cells.items() if name in COLUMNS}
    if loaded is None:
        return Row("", {**filled, "to_correct": said})
    known = known_tenant(loaded)
    if line.revision is not None and known_columns.of_another(line.cells, known):
        return Row(layout.mark(loaded.row.id, line.revision), {**line.cells, "to_correct": said})
    stands = row_validation.filled(loaded.draft, loaded.known, loaded.campaign.year)
    typed = {**stands, **filled}
    mark = layout.mark(loaded.row.id, loaded.row.revision)
    return Row(mark, {**known, **typed, "points": points, "to_correct": said})


def _sentence(error: StoredError) -> str:
    where = f"{layout.HEADERS[error['column']]} : " if error["column"] else ""
    example = f" Par exemple : {error['example']}." if error["example"] else ""
    return f"{where}{error['detail']}{example}"
