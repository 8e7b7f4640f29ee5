"""A pool of recycled render processes with a time limit and a memory limit."""

import multiprocessing
import multiprocessing.util
import resource
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from typing import TypeVar

from chassis.inbox import NotYet
from chassis.parent import end_with_parent
from pebble import ProcessPool
from pebble.common.types import CONSTS

from documents.rendering import pango
from documents.rendering.batch_recap import BatchRecap, render_batch_recap
from documents.rendering.letters import Letter, render_letter
from documents.rendering.pdf import Rendered
from documents.rendering.recap import Recap, render_recap
from documents.settings import Settings

Wanted = TypeVar("Wanted", Recap, BatchRecap, Letter)
_pools: list[ProcessPool] = []
# The oldest first.
_begun: dict[str, Future[Rendered]] = {}
MOST_BEGUN = 16
# How often two threads of a pool look at its processes: at the usual ten times a second, half of what an idle process
# costs. A time limit and a process that died are noticed that much later; results are not waited for.
CONSTS.sleep_unit = 0.5


# A letter of more attestations takes more than a second, and no event may wait for that.
SOME_TENANTS = 10
# From this many on, hundreds of megabytes.
MANY_TENANTS = 50


class PangoMissing(NotYet):
    """No document can be made before a library of the system is installed; the message names it."""


class StillDrawing(NotYet):
    """A long document was begun: the same call finds it once it is drawn."""

    seconds = 1


def make_recap(settings: Settings, wanted: Recap) -> Rendered:
    """Raises PangoMissing, TimeoutError beyond `render_seconds`, MemoryError beyond `render_megabytes`,
    pebble.ProcessExpired if the process dies, as `render_recap`.
    """
    return _run(settings, render_recap, wanted)


def make_batch_recap(settings: Settings, wanted: BatchRecap) -> Rendered:
    """Raises as `make_recap`, and StillDrawing."""
    return _make_long(settings, render_batch_recap, wanted, wanted.reference, recycle_after=1)


def make_letter(settings: Settings, wanted: Letter, key: str) -> Rendered:
    """`key`: of its message. Raises as `make_recap` and `render_letter`; StillDrawing for more than a few tenants."""
    tenants = len(wanted.variables.get("tenants") or ())
    if tenants <= SOME_TENANTS:
        return _run(settings, render_letter, wanted)
    recycle_after = 1 if tenants > MANY_TENANTS else settings.render_recycle_after
    return _make_long(settings, render_letter, wanted, key, recycle_after)


def _run(settings: Settings, render: Callable[[Wanted], Rendered], wanted: Wanted) -> Rendered:
    if settings.render_processes == 0:
        _require_pango()
        return render(wanted)
    return _begin_drawing(settings, render, wanted, settings.render_recycle_after).result()


def _make_long(
    settings: Settings, render: Callable[[Wanted], Rendered], wanted: Wanted, key: str, recycle_after: int
) -> Rendered:
    """A document that takes up to a minute; the largest in a process that ends with it, as they take a gigabyte.

    The event's transaction does not stay open meanwhile, on SQLite nobody else could write: the first try begins to
    draw, a later one finds the file. A try by another process begins again."""
    if settings.render_processes == 0:
        return _run(settings, render, wanted)
    if key not in _begun:
        while len(_begun) >= MOST_BEGUN:
            # Its event ended in another process, or died; if it still waits, it is drawn again.
            del _begun[next(iter(_begun))]
        _begun[key] = _begin_drawing(settings, render, wanted, recycle_after)
    if not _begun[key].done():
        raise StillDrawing
    return _begun.pop(key).result()


def _begin_drawing(
    settings: Settings, render: Callable[[Wanted], Rendered], wanted: Wanted, recycle_after: int
) -> Future[Rendered]:
    _require_pango()
    pool = _pool(settings.render_processes, recycle_after, settings.render_megabytes * 1_000_000)
    drawing: Future[Rendered] = pool.schedule(render, (wanted,), timeout=settings.render_seconds)
    return drawing


def _require_pango() -> None:
    if absent := pango.missing():
        raise PangoMissing(", ".join(absent))


@cache
def _pool(processes: int, recycle_after: int, memory: int) -> ProcessPool:
    """Started at the first file. Spawned, not forked, because the parent has threads."""
    pool = ProcessPool(
        processes,
        max_tasks=recycle_after,
        initializer=_begin,
        initargs=(memory,),
        context=multiprocessing.get_context("spawn"),
    )
    _pools.append(pool)
    # Not atexit: a server process may be a multiprocessing child, which joins its children before atexit runs.
    multiprocessing.util.Finalize(pool, close, exitpriority=1)
    return pool


def _begin(memory: int) -> None:
    end_with_parent()
    # Of the addresses, more than what is used of them: what asks for more gets a MemoryError.
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def close() -> None:
    """Ends the processes; the next file starts new ones."""
    _pool.cache_clear()
    _begun.clear()
    while _pools:
        pool = _pools.pop()
        pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates the rest
        pool.join(timeout=5)
