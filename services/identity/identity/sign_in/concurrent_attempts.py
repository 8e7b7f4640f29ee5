"""Simultaneous attempts on one login: attempts still being verified are already counted but may be right.

An attempt counts as a failure until its password is verified (`throttling.attempts.take`), so that twenty simultaneous
guesses cannot all pass. Simultaneous right passwords would then be refused because of each other, so a refused attempt
waits here until another one ends and is counted again. Once none is in progress, everything counted has failed. This
works per process: attempts in progress in another process count as failures until they end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import TypeVar

from chassis.problems import TooManyRequests

T = TypeVar("T")
# As long as a hash waits for its slot; people hardly wait longer.
LONGEST_WAIT_SECONDS = 5.0
_changed = Condition()


@dataclass
class _Attempts:
    """Attempts on one login: waiting for admission, in progress, and ended."""

    asking: int = 0
    under_way: int = 0
    ended: int = 0
    # Requests that use this object; the last one removes it.
    users: int = 0


_by_login: dict[str, _Attempts] = {}


@contextmanager
def admitted(login: str, admit: Callable[[], T]) -> Iterator[T]:
    """Runs the attempt once `admit` accepts it, and yields its result. Raises its TooManyRequests if no attempt in
    progress could change the answer."""
    end = monotonic() + LONGEST_WAIT_SECONDS
    with _attempts_on(login) as attempts:
        while True:
            ended = attempts.ended
            try:
                found = _ask(attempts, admit)
                break
            except TooManyRequests:
                if not _another_ended(attempts, ended, end):
                    raise
        try:
            yield found
        finally:
            with _changed:
                attempts.under_way -= 1
                attempts.ended += 1
                _changed.notify_all()


def _ask(attempts: _Attempts, admit: Callable[[], T]) -> T:
    with _changed:
        attempts.asking += 1
    try:
        found = admit()
    except BaseException:
        with _changed:
            attempts.asking -= 1
            _changed.notify_all()
        raise
    with _changed:
        attempts.asking -= 1
        attempts.under_way += 1
    return found


def _another_ended(attempts: _Attempts, ended: int, end: float) -> bool:
    """Waits until another attempt ends; False if none is left or the time is up."""
    with _changed:
        _changed.wait_for(
            lambda: attempts.ended > ended or not (attempts.under_way or attempts.asking), end - monotonic()
        )
        return attempts.ended > ended and monotonic() < end


@contextmanager
def _attempts_on(login: str) -> Iterator[_Attempts]:
    with _changed:
        attempts = _by_login.setdefault(login, _Attempts())
        attempts.users += 1
    try:
        yield attempts
    finally:
        with _changed:
            attempts.users -= 1
            if not attempts.users:
                del _by_login[login]
