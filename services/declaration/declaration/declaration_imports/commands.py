"""Receives a filled file: inserts one row; the file is not read yet."""

import hashlib
from typing import IO
from uuid import UUID

from chassis import clock, journal
from chassis.alone import alone_until_commit
from chassis.auth import Caller
from chassis.ids import new_id
from chassis.problems import FieldError, Invalid
from chassis.runtime import Runtime
from sqlalchemy import select
from sqlalchemy.orm import Session

from declaration.declaration_imports.states import Status
from declaration.files import uploads
from declaration.models import DeclarationImport

EXAMPLE = "loyers-juillet.xlsx"


def receive(runtime: Runtime, caller: Caller, stream: IO[bytes], filename: str, most: int) -> UUID:
    """The import of the file; the one under way when the same person sends the same file again.

    Raises Invalid when it is empty or larger than `most` bytes.
    """
    content = stream.read(most + 1)
    if not content:
        raise refused("empty", "Ce fichier est vide.")
    if len(content) > most:
        raise refused("too_large", f"Ce fichier dépasse {most // 1_000_000} Mo.")
    digest = hashlib.sha256(content).hexdigest()
    with runtime.transaction() as session:
        # Sent twice together: the second request finds the row of the first.
        alone_until_commit(session, f"declaration import {caller.sub} {digest}")
        same = _waiting(session, caller, digest)
        if same is not None:
            return same
        row = _row(caller, digest, uploads.shown_name(filename, EXAMPLE), content)
        session.add(row)
        journal.record(
            session,
            actor=caller.sub,
            action="import.received",
            subject=row.id,
            perimeter=caller.org or "",
            after={"sha256": digest},
        )
        return row.id


def _waiting(session: Session, caller: Caller, digest: str) -> UUID | None:
    """The import of the same bytes, not applied yet."""
    mine = (DeclarationImport.account_id == caller.sub) & (DeclarationImport.organisation_id == caller.org)
    waiting = [status.value for status in (Status.RECEIVED, Status.CHECKING, Status.APPLYING)]
    statement = select(DeclarationImport.id).where(
        mine, DeclarationImport.sha256 == digest, DeclarationImport.status.in_(waiting)
    )
    return session.execute(statement.limit(1)).scalar_one_or_none()


def _row(caller: Caller, digest: str, filename: str, content: bytes) -> DeclarationImport:
    return DeclarationImport(
        id=new_id(),
        account_id=caller.sub,
        organisation_id=caller.org,
        filename=filename,
        sha256=digest,
        content=content,
        status=Status.RECEIVED.value,
        unknown_columns=[],
        received_at=clock.now(),
    )


def refused(code: str, detail: str) -> Invalid:
    """Why the file is refused as a whole."""
    rule = "le modèle téléchargé et rempli, en XLSX ou en CSV"
    return Invalid([FieldError(pointer="/file", code=code, detail=detail, rule=rule, example=EXAMPLE)])
