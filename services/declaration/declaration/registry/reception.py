"""Taking a registry file in: kept in storage, one row that says so; nothing of it is read yet."""

import hashlib
from datetime import timedelta
from pathlib import PurePath
from typing import IO
from uuid import UUID

from chassis import clock, journal
from chassis.ids import new_id
from chassis.problems import FieldError, Invalid
from chassis.runtime import Runtime
from chassis.storage import Storage

from declaration.models import RegistryImport
from declaration.registry.leases import LEASE_SECONDS, Status
from declaration.settings import DeclarationSettings

BLOCK = 1 << 20


def receive(
    runtime: Runtime,
    stream: IO[bytes],
    filename: str,
    *,
    caf_code: str | None,
    sent_by: str,
    worker: UUID | None = None,
) -> UUID:
    """Keeps the file and its row; `worker` reads it itself at once. Raises Invalid when it is empty or too large."""
    import_id, now = new_id(), clock.now()
    key = f"registry/{import_id}.csv"
    storage = Storage(runtime.settings.storage_url)
    try:
        digest = _copy(stream, storage, key, _most_bytes(runtime))
    except Invalid:
        storage.delete(key)
        raise
    row = RegistryImport(
        id=import_id,
        filename=_shown_name(filename),
        storage_key=key,
        sha256=digest,
        caf_code=caf_code,
        sent_by=sent_by,
        status=Status.RUNNING if worker else Status.RECEIVED,
        worker=worker,
        leased_until=now + timedelta(seconds=LEASE_SECONDS) if worker else None,
        unknown_columns=[],
        received_at=now,
        started_at=now if worker else None,
    )
    with runtime.transaction() as session:
        session.add(row)
        after = {"sha256": digest}
        journal.record(
            session, actor=sent_by, action="registry.received", subject=import_id, perimeter=caf_code or "", after=after
        )
    return import_id


def _shown_name(filename: str) -> str:
    """The last part of what the browser says, for people; storage has a key of its own."""
    printable = "".join(letter for letter in filename if letter.isprintable())
    return PurePath(printable.replace("\\", "/")).name[:200] or "registre.csv"


def _most_bytes(runtime: Runtime) -> int:
    settings = runtime.settings
    return settings.registry_max_bytes if isinstance(settings, DeclarationSettings) else 0


def _copy(stream: IO[bytes], storage: Storage, key: str, most: int) -> str:
    """Block by block; returns the SHA-256 in hexadecimal."""
    digest, size = hashlib.sha256(), 0
    with storage.open(key, "wb") as target:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > most:
                raise _refused("too_large", f"Ce fichier dépasse {most // 1_000_000} Mo.")
            digest.update(block)
            target.write(block)
    if not size:
        raise _refused("empty", "Ce fichier est vide.")
    return digest.hexdigest()


def no_file() -> Invalid:
    """For a request whose `file` part is absent or is not a file."""
    return _refused("required", "Choisissez le fichier à envoyer.")


def _refused(code: str, detail: str) -> Invalid:
    rule = "un fichier CSV en UTF-8, colonnes séparées par des points-virgules"
    return Invalid([FieldError(pointer="/file", code=code, detail=detail, rule=rule, example="registre-359.csv")])
