"""Errors of a file, kept as rows: only the first ones in file order."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from declaration.domain.registry.lines import LineError
from declaration.models import RegistryImportError

# Enough to see what is wrong; a file of bad lines only must not fill the database.
KEPT = 10_000


def add(session: Session, import_id: UUID, errors: Sequence[LineError]) -> None:
    rows = [
        {
            "import_id": import_id,
            "line": error.line,
            "column": error.column,
            "rule": error.rule,
            "message": error.message,
            "example": error.example,
            "severity": error.severity,
        }
        for error in errors
    ]
    if rows:
        session.execute(insert(RegistryImportError), rows)


def keep_first(session: Session, import_id: UUID) -> None:
    """Keeps the first errors: slices merge in any order, each adding up to the limit; errors before warnings."""
    error = RegistryImportError
    ordered = select(error.seq).where(error.import_id == import_id).order_by(error.severity, error.line, error.seq)
    beyond = delete(error).where(error.seq.in_(ordered.offset(KEPT)))
    session.execute(beyond.execution_options(synchronize_session=False))
