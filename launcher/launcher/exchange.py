"""The Caf exchanges at the command line: create and write an export batch, import an answers file."""

from pathlib import Path
from uuid import UUID

from chassis.runtime import Runtime
from chassis.storage import Storage
from rich.console import Console

from launcher import schema

ACTOR = "command line"


def make_export(declaration: Runtime, caf: str, folder: Path, console: Console) -> int:
    """Creates the Caf's next batch and writes its ZIP to the folder. Raises Conflict when there is nothing new."""
    from declaration.exports.jobs import make_waiting
    from declaration.exports.selection import claim

    # Checked before the batch is created: afterwards, the next batch would start after it.
    folder.mkdir(parents=True, exist_ok=True)
    schema.upgrade(declaration)
    with declaration.transaction() as session:
        made = claim(session, caf, ACTOR)
    make_waiting(declaration)
    return _write(declaration, made.id, folder, console)


def _write(declaration: Runtime, export_id: UUID, folder: Path, console: Console) -> int:
    """Returns 1 when another process is writing it: it can then be downloaded from the agents' pages."""
    from declaration.models import ExportBatch

    with declaration.read_only() as session:
        batch = session.get_one(ExportBatch, export_id)
    if batch.manifest_sha256 is None:
        console.print(f"Lot {batch.number} : {batch.lines} ligne(s), en cours d’écriture par un autre processus.")
        return 1
    target = folder / f"export-{batch.caf_code}-{batch.number:06d}.zip"
    target.write_bytes(Storage(declaration.settings.storage_url).get(batch.storage_key))
    console.print(f"Lot {batch.number} : {batch.lines} ligne(s), {target}")
    console.print(f"Empreinte du manifeste : {batch.manifest_sha256}")
    return 0


def import_answers(declaration: Runtime, caf: str, file: Path, console: Console) -> int:
    """Imports an answers file at once; 0: all lines accepted, 1: some lines rejected, 2: file refused."""
    from declaration.answers.jobs import import_path

    schema.upgrade(declaration)
    report = import_path(declaration, file, ACTOR, caf)
    if report["refusal"]:
        console.print(f"Fichier refusé : {report['refusal']}", style="red", markup=False)
        return 2
    counts = (report["lines_applied"], report["lines_unchanged"], report["lines_bad"])
    console.print("{} réponse(s) prises, {} déjà connues, {} à corriger.".format(*counts))
    return 1 if report["lines_bad"] else 0
