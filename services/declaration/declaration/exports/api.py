"""Export batches, for Caf agents."""

from uuid import UUID

from chassis.http import agent, read_only, runtime, transaction
from chassis.idempotency import idempotent

from declaration.api_types.exchange import AcknowledgeExportBody, Export, ListExportsAnswer
from declaration.campaigns import commands
from declaration.exports import queries as batches
from declaration.exports import selection


def list_exports(limit: int = 50, cursor: str | None = None) -> ListExportsAnswer:
    who = agent()
    with read_only() as session:
        return batches.page(session, who, cursor, limit)


@idempotent
def make_export(caf_code: str | None = None) -> tuple[Export, int]:
    who = agent()
    with transaction() as session:
        return batches.shown(selection.claim(session, commands.caf_of(who, caf_code), str(who.sub))), 201


def get_export(export_id: str) -> Export:
    who = agent()
    with read_only() as session:
        return batches.shown(batches.find(session, who, UUID(export_id)))


def get_export_content(export_id: str) -> tuple[bytes, int, dict[str, str]]:
    who = agent()
    with transaction() as session:
        batch = batches.find(session, who, UUID(export_id))
        batches.note_download(session, who, batch)
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="export-{batch.caf_code}-{batch.number:06d}.zip"',
        "Cache-Control": "no-store",
    }
    return batches.content(runtime(), batch), 200, headers


@idempotent
def acknowledge_export(export_id: str, body: AcknowledgeExportBody) -> Export:
    who = agent()
    with transaction() as session:
        batch = batches.find(session, who, UUID(export_id), change=True)
        batches.acknowledge(session, who, batch, body["lines"], body["manifest_sha256"])
        return batches.shown(batch)
