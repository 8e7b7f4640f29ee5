"""argon2id with OWASP's parameters, in a pool bounded by the cores: each hash costs 19 MiB and 19 ms."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from chassis.problems import Unavailable

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Unbounded, a burst of sign-ins is an out-of-memory: argon2 releases the GIL, so threads do run together.
_SLOTS = BoundedSemaphore(os.cpu_count() or 1)
_LONGEST_WAIT_SECONDS = 5.0
# Of a random value nobody kept: what an unknown login is verified against, so that it costs the same time.
_DUMMY = _HASHER.hash(os.urandom(32))


def hash_password(password: str) -> str:
    """The encoded argon2id hash; raises Unavailable when the machine is too busy."""
    with _slot():
        return _HASHER.hash(password)


def verify(encoded: str | None, password: str) -> bool:
    """Same work whether there is a hash or not; raises Unavailable when the machine is too busy."""
    with _slot():
        try:
            _HASHER.verify(encoded or _DUMMY, password)
        except VerificationError:
            return False
    return encoded is not None


def outdated(encoded: str) -> bool:
    """Made with other parameters than today's."""
    return _HASHER.check_needs_rehash(encoded)


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=_LONGEST_WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _SLOTS.release()
