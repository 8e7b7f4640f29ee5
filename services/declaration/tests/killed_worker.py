"""A process to be killed: `killed_worker.py WORK DATABASE STORAGE KEYS` says where it is, line by line.

`WORK` is import, help, opening or nationwide; `KEYS` the harness' sealing keys as JSON. After each step it writes
a line and waits for one, or for its death.
"""

import json
import sys
from typing import Any

from chassis.runtime import Runtime
from declaration.app import service
from declaration.campaigns import opening
from declaration.campaigns.nationwide import jobs as nationwide
from declaration.domain.campaign import Phase
from declaration.models import Campaign
from declaration.registry import help_merging, staging
from declaration.registry import jobs as registry_jobs
from sqlalchemy import event, select

SMALL = 40


def step() -> None:
    sys.stdout.write("step\n")
    sys.stdout.flush()
    sys.stdin.readline()


def step_by_statement(runtime: Runtime) -> None:
    @event.listens_for(runtime.engine, "after_cursor_execute")
    def _executed(*_arguments: Any) -> None:
        step()


def read_registry(runtime: Runtime) -> None:
    """In batches of a few lines, so that there are many places to be killed at."""
    staging.BATCH = dict.fromkeys(staging.BATCH, SMALL)
    registry_jobs.SLICE = dict.fromkeys(registry_jobs.SLICE, SMALL)
    claimed = registry_jobs.JOBS.claim(runtime)
    if claimed is None:
        raise SystemExit("nothing to read")
    registry_jobs.run(runtime, claimed[0], step)


def help_reading(runtime: Runtime) -> None:
    """Merges slices of the file that another process reads, with a step after each statement."""
    step_by_statement(runtime)
    help_merging(runtime)


def open_campaign(runtime: Runtime) -> None:
    """Opens as an agent's request does, with a step after each statement."""
    step_by_statement(runtime)
    with runtime.transaction() as session:
        campaign = session.execute(select(Campaign)).scalar_one()
        campaign.phase = Phase.OPEN.value
        session.flush()
        opening.complete(session, campaign, actor="test")


def open_all(runtime: Runtime) -> None:
    """Goes on with the opening of all Cafs, with a step once each of them is committed."""
    one_caf = nationwide._open

    def counted(*given: Any) -> None:
        one_caf(*given)
        step()

    nationwide._open = counted  # type: ignore[assignment]  # takes what the real one takes, as it comes
    nationwide.open_waiting(runtime)


def main(work: str, database_url: str, storage_url: str, keys: str) -> None:
    settings = {"environment": "test", "database_url": database_url, "storage_url": storage_url, **json.loads(keys)}
    runtime = Runtime(service, service.settings(service=service.name, **settings))
    works = {"import": read_registry, "help": help_reading, "opening": open_campaign, "nationwide": open_all}
    works[work](runtime)


if __name__ == "__main__":
    main(*sys.argv[1:])
