"""Several tries of one login at the same time: those that are being looked at are counted, and may yet be right.

A try counts as a failure until its password has been verified (`throttling.take`), so that twenty guesses at once
cannot all slip through. Twenty-five right ones at once would then be refused for those before them: who would be asked
to wait only for tries under way waits for them instead, here, and is counted anew. Once none is under way, what is
counted has failed. Of one process: another's tries under way are taken for failures until they end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import TypeVar

from chassis.problems import TooManyRequests

T = TypeVar("T")
# A hash waits as long for its turn; a person hardly longer.
LONGEST_WAIT_SECONDS = 5.0
_changed = Condition()


@dataclass
class _Line:
    """The tries of one login: asking to be let in, let in, and of those how many have ended."""

    asking: int = 0
    under_way: int = 0
    ended: int = 0
    # Requests that hold this line, whatever they do: with the last one it goes.
    held: int = 0


_lines: dict[str, _Line] = {}


@contextmanager
def admitted(login: str, admit: Callable[[], T]) -> Iterator[T]:
    """The try, once `admit` lets it in, with what that returns. Raises its TooManyRequests when nothing is under way
    that could change it."""
    end = monotonic() + LONGEST_WAIT_SECONDS
    with _line(login) as line:
        while True:
            ended = line.ended
            try:
                found = _ask(line, admit)
                break
            except TooManyRequests:
                if not _others_end(line, ended, end):
                    raise
        try:
            yield found
        finally:
            with _changed:
                line.under_way -= 1
                line.ended += 1
                _changed.notify_all()


def _ask(line: _Line, admit: Callable[[], T]) -> T:
    with _changed:
        line.asking += 1
    try:
        found = admit()
    except BaseException:
        with _changed:
            line.asking -= 1
            _changed.notify_all()
        raise
    with _changed:
        line.asking -= 1
        line.under_way += 1
    return found


def _others_end(line: _Line, ended: int, end: float) -> bool:
    """Waits until a try has ended since; False when none is left that could, or it lasts too long."""
    with _changed:
        _changed.wait_for(lambda: line.ended > ended or not (line.under_way or line.asking), end - monotonic())
        return line.ended > ended and monotonic() < end


@contextmanager
def _line(login: str) -> Iterator[_Line]:
    with _changed:
        line = _lines.setdefault(login, _Line())
        line.held += 1
    try:
        yield line
    finally:
        with _changed:
            line.held -= 1
            if not line.held:
                del _lines[login]
