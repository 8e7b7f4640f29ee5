"""Identity beside its bare costs, in processor time of the application: sign-ins, refreshes, chaining of the journal;
and what a stranger could time.

On SQLite; on PostgreSQL when BAILLEURS_BENCH_DATABASE_URL names an empty database (its server's time is not counted).
"""

from __future__ import annotations

from tools.bench.figures import Figure
from tools.bench.identity import chaining, sign_ins, strangers
from tools.bench.identity.product import product


def figures() -> list[Figure]:
    with product() as made:
        return [*sign_ins.figures(made), *chaining.figures(made), *strangers.figures(made)]
