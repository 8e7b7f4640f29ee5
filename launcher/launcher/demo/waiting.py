"""Waiting for the effects of events, with a time limit and a description of what is awaited."""

import time
from collections.abc import Callable
from typing import TypeVar

from launcher.demo.failures import StepFailed

T = TypeVar("T")
# Effects take milliseconds in one process, seconds behind a broker, more while a container restarts.
SECONDS = 90.0
EVERY = 0.5


def wait_for(what: str, probe: Callable[[], T | None], *, seconds: float = SECONDS, every: float = EVERY) -> T:
    """The first true result of `probe`. Raises StepFailed after `seconds`, with `what` was expected."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() >= end:
            raise StepFailed(what, f"rien de tel en {seconds:.0f} secondes (dernière réponse : {found!r})")
        time.sleep(every)
