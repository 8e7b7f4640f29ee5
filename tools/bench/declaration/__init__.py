"""The declaration service beside its bare database: each part of it in a module of its own with `figures(bench)`.

On a PostgreSQL of its own (or that of BAILLEURS_TEST_POSTGRES); BAILLEURS_BENCH_LINES says how many registry lines.
"""

from __future__ import annotations

from tools.bench.declaration import filing, listing, nationwide, opening, registry
from tools.bench.declaration.ground import prepared
from tools.bench.figures import Figure

# In this order, on one database: the registry that the first part reads is what the others work on.
PARTS = (registry, opening, listing, filing, nationwide)


def figures() -> list[Figure]:
    with prepared() as bench:
        return [figure for part in PARTS for figure in part.figures(bench)]
