"""Identity compared with its bare costs, in the application's processor time: sign-ins, refreshes, journal chaining;
and what an outsider could learn from response times.

On SQLite; on PostgreSQL when BAILLEURS_BENCH_DATABASE_URL names an empty database (its server's time is not counted).
"""

from __future__ import annotations

from tools.bench.figures import Figure
from tools.bench.identity import chaining, sign_ins, strangers
from tools.bench.identity.product import product


def figures() -> list[Figure]:
    with product() as made:
        return [*sign_ins.figures(made), *chaining.figures(made), *strangers.figures(made)]
