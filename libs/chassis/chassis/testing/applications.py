"""Applications of services, built once per test process and lent to one test after another.

Building the API of the declaration service takes a quarter of a second, as long as the rest of most of its tests.
"""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Generic, TypeVar

from chassis.runtime import Runtime

Application = TypeVar("Application")

# Read at each use; an application is built with the other settings.
_OF_EACH_TEST = {"database_url", "storage_url", "exchange_url"}
# Of the environment, what a service or a library may read while it is built.
_READ = ("BAILLEURS_", "FLASK_", "AUTHLIB_")
# More would be of tests with settings of their own, which nobody asks for again.
_MOST_KEPT = 8


class Lent(Generic[Application]):
    """An application and the runtime that it works with: at each time another test's."""

    def __init__(self, build: Callable[[Runtime], Application], runtime: Runtime) -> None:
        self._runtime = Runtime.__new__(Runtime)
        # Held, so that no other service gets its id.
        self._service = runtime.service
        self.like = _like(runtime)
        self.use(runtime)
        self.application = build(self._runtime)

    def use(self, runtime: Runtime) -> None:
        # The same attributes, not copies: what a test replaces in its own runtime is replaced here.
        self._runtime.__dict__ = runtime.__dict__

    def leave(self) -> None:
        """Whatever is still running then fails, instead of reading and writing the next test's data."""
        self._runtime.__dict__ = {}


class Pool(Generic[Application]):
    """Two tests never have the same application at once."""

    def __init__(self, build: Callable[[Runtime], Application]) -> None:
        self._build = build
        self._free: list[Lent[Application]] = []

    def lend(self, runtime: Runtime) -> Lent[Application]:
        like = _like(runtime)
        lent = next((one for one in reversed(self._free) if one.like == like), None)
        if lent is None:
            return Lent(self._build, runtime)
        self._free.remove(lent)
        lent.use(runtime)
        return lent

    def take_back(self, lent: Lent[Application]) -> None:
        lent.leave()
        self._free = [*self._free, lent][-_MOST_KEPT:]


def _like(runtime: Runtime) -> tuple[int, dict[str, Any], dict[str, str]]:
    """What decides how an application is built."""
    chosen = {name: value for name, value in asdict(runtime.settings).items() if name not in _OF_EACH_TEST}
    return id(runtime.service), chosen, {name: os.environ[name] for name in os.environ if name.startswith(_READ)}
