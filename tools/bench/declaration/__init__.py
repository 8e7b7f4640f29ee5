"""The declaration service compared with its bare database: one module per part, each with `figures(bench)`.

On its own PostgreSQL (or that of BAILLEURS_TEST_POSTGRES); BAILLEURS_BENCH_LINES sets the number of registry lines.
"""

from __future__ import annotations

from tools.bench.declaration import filing, listing, nationwide, opening, registry
from tools.bench.declaration.ground import prepared
from tools.bench.figures import Figure

# In this order, on one database: the other parts use the registry imported by the first.
PARTS = (registry, opening, listing, filing, nationwide)


def figures() -> list[Figure]:
    with prepared() as bench:
        return [figure for part in PARTS for figure in part.figures(bench)]
