"""Download of a batch's archive, for the person who brings it to the printer."""

from chassis.problems import Conflict, Forbidden, Gone
from chassis.storage import Storage

from notification.domain.batch_states import BatchState
from notification.domain.kinds import Series
from notification.models import PrintBatch
from notification.settings import Settings


def archive_of(batch: PrintBatch, settings: Settings) -> bytes:
    """The ZIP. Raises Forbidden for passwords, which only the printer reads; Conflict before it is built; Gone once
    the printer has acknowledged it and it is erased."""
    if batch.series == Series.CONFIDENTIAL:
        raise Forbidden("Ce lot contient des mots de passe : seul le prestataire d’impression le reçoit.")
    if batch.state == BatchState.PLANNED:
        raise Conflict("Ce lot est en préparation. Réessayez dans un instant.")
    if batch.state == BatchState.ACKNOWLEDGED:
        raise Gone("L’imprimeur a pris ce lot en charge : ses courriers ont été effacés.")
    return Storage(settings.print_url).get(batch.storage_key or "")
