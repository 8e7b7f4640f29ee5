"""Scheduled work: exports at each Caf's hour, and the purge of files acknowledged long ago."""

from datetime import timedelta

from chassis import clock, journal
from chassis.runtime import Runtime
from chassis.storage import Storage
from sqlalchemy import select

from declaration.domain.exports.states import Status, Trigger, advance
from declaration.exports import selection
from declaration.models import Campaign, ExportBatch
from declaration.settings import own

SCHEDULE = "schedule"
RETENTION = "retention"
PURGED_AT_ONCE = 20


def make_scheduled(runtime: Runtime) -> None:
    """Periodic job: once per French day, at the Caf's hour or as soon as a worker is available."""
    hours, now = own(runtime.settings).export_schedule, clock.now().astimezone(clock.PARIS)
    for caf_code in _cafs(runtime):
        hour = hours.of(caf_code)
        if hour is None or now.hour < hour:
            continue
        with runtime.transaction() as session:
            held = selection.series(session, caf_code)
            if held.scheduled_on != now.date():
                selection.next_batch(session, held, SCHEDULE, now.date())


def _cafs(runtime: Runtime) -> list[str]:
    with runtime.read_only() as session:
        return list(session.execute(select(Campaign.caf_code).distinct().order_by(Campaign.caf_code)).scalars())


def purge(runtime: Runtime) -> None:
    """Periodic job: purges files whose retention since the Caf's receipt is over."""
    while _purge_some(runtime):
        pass


def _purge_some(runtime: Runtime) -> bool:
    limit = clock.now() - timedelta(days=own(runtime.settings).export_retention_days)
    old = (ExportBatch.status == Status.ACKNOWLEDGED.value, ExportBatch.acknowledged_at < limit)
    with runtime.transaction() as session:
        statement = select(ExportBatch).where(*old).limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
        rows = session.execute(statement).scalars().all()
        for batch in rows:
            # The file first: after a crash here, it is erased again.
            Storage(runtime.settings.storage_url).delete(batch.storage_key)
            batch.status = advance(Status(batch.status), Trigger.PURGE).value
            batch.purged_at = clock.now()
            journal.record(
                session,
                actor=RETENTION,
                action="export.purged",
                subject=batch.id,
                perimeter=batch.caf_code,
                after={"number": batch.number, "lines": batch.lines},
            )
    return bool(rows)
