"""What carrying an event costs: sending, handling, and from a commit to its effect. Starts the containers it needs."""

from __future__ import annotations

import logging

from runner import logs

from tools.bench.events import handling, latency, relaying
from tools.bench.events.ground import ground
from tools.bench.figures import Figure


def figures() -> list[Figure]:
    with ground() as made:
        # An event that is handled is not written to this terminal.
        logs.configure("json", logging.WARNING)
        return [*relaying.figures(made), *handling.figures(made), *latency.figures(made)]
