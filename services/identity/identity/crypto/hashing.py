"""argon2id with OWASP's parameters, with as many hashes at once as cores: each costs 19 MiB and 19 ms."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from chassis.problems import Unavailable

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Without a limit, a burst of sign-ins would exhaust the memory: argon2 releases the GIL, so threads run in parallel.
_SLOTS = BoundedSemaphore(os.cpu_count() or 1)
_LONGEST_WAIT_SECONDS = 5.0
# Hash of a discarded random value: unknown logins are verified against it, so that they take the same time.
_DUMMY = _HASHER.hash(os.urandom(32))


def hash_password(password: str) -> str:
    """Returns the encoded argon2id hash; raises Unavailable if the machine is too busy."""
    with _slot():
        return _HASHER.hash(password)


def verify(encoded: str | None, password: str) -> bool:
    """Does the same work whether or not there is a hash; raises Unavailable if the machine is too busy."""
    with _slot():
        try:
            _HASHER.verify(encoded or _DUMMY, password)
        except VerificationError:
            return False
    return encoded is not None


def outdated(encoded: str) -> bool:
    """True if the hash was made with parameters other than the current ones."""
    return _HASHER.check_needs_rehash(encoded)


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=_LONGEST_WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _SLOTS.release()
