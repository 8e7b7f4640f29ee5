"""What one answer costs the serving process, beside a bare handler of the same server with the same rows.

In processor time of the process, one caller, on SQLite, and on PostgreSQL where a container engine answers; what its
server spends, and the gateway where Envoy is installed, have figures of their own. BAILLEURS_BENCH_CALLS sets how many
calls each measurement makes.
"""

from __future__ import annotations

import logging
from tempfile import TemporaryDirectory

from chassis.testing.plugin import engine_answers, postgres
from runner import logs

from tools.bench.figures import Figure
from tools.bench.http import layers, taking
from tools.bench.http.ground import Ground, on_postgres, on_sqlite
from tools.bench.http.in_front import gateway
from tools.bench.http.process import served


def figures() -> list[Figure]:
    logs.configure("console", logging.WARNING)
    with TemporaryDirectory() as folder, on_sqlite(folder) as ground:
        found = _of("SQLite", ground, folder)
    if engine_answers():
        with TemporaryDirectory() as folder, postgres() as server, on_postgres(server, folder) as ground:
            found += _of("PostgreSQL", ground, folder)
    return found


def _of(database: str, ground: Ground, folder: str) -> list[Figure]:
    with served(ground, folder) as process, gateway(ground, folder, process) as in_front:
        found = taking.figures(database, ground, process, in_front)
    return found + layers.figures(database, ground)
