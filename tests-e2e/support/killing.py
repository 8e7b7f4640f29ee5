"""Killing containers in turn while something goes on, and starting them again."""

import threading
import time
from dataclasses import dataclass, field

from support.stack import Stack

DOWN_SECONDS = 1.5


@dataclass
class Killer:
    """Kills the next of `services` when told, and starts it again a moment later; one is down at a time."""

    stack: Stack
    services: tuple[str, ...]
    killed: list[str] = field(default_factory=list)
    _down: threading.Thread | None = None

    def strike(self, *, after: float = 0.2) -> None:
        """Returns at once: the kill falls in the middle of what follows. Nothing is left to kill after the last."""
        self.recover()
        if len(self.killed) == len(self.services):
            return
        service = self.services[len(self.killed)]
        self.killed.append(service)
        self._down = threading.Thread(target=self._kill, args=(service, after))
        self._down.start()

    def recover(self) -> None:
        """Waits until what was killed last is healthy again."""
        if self._down is not None:
            self._down.join()
            self._down = None
            self.stack.wait_healthy(self.killed[-1])

    def _kill(self, service: str, after: float) -> None:
        time.sleep(after)
        self.stack.kill(service)
        time.sleep(DOWN_SECONDS)
        self.stack.start(service)
