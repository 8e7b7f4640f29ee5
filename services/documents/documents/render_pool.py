"""A pool of recycled render processes with a time limit and a memory limit."""

import multiprocessing
import multiprocessing.util
import resource
from collections.abc import Callable
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
# How often two threads of a pool look at its processes: at the usual ten times a second, half of what an idle process
# costs. A time limit and a process that died are noticed that much later; results are not waited for.
CONSTS.sleep_unit = 0.5


# From this many attestations on, a letter takes hundreds of megabytes.
MANY_TENANTS = 50


class PangoMissing(NotYet):
    """No document can be made before a library of the system is installed; the message names it."""


def make_recap(settings: Settings, wanted: Recap) -> Rendered:
    """Raises PangoMissing, TimeoutError beyond `render_seconds`, MemoryError beyond `render_megabytes`,
    pebble.ProcessExpired if the process dies, as `render_recap`.
    """
    return _run(settings, render_recap, wanted)


def make_batch_recap(settings: Settings, wanted: BatchRecap) -> Rendered:
    """Raises as `make_recap`. In a process that ends with it: thousands of lines take half a gigabyte."""
    return _run(settings, render_batch_recap, wanted, recycle_after=1)


def make_letter(settings: Settings, wanted: Letter) -> Rendered:
    """Raises as `make_recap` and `render_letter`."""
    many = len(wanted.variables.get("tenants") or ()) > MANY_TENANTS
    return _run(settings, render_letter, wanted, recycle_after=1 if many else 0)


def _run(settings: Settings, render: Callable[[Wanted], Rendered], wanted: Wanted, recycle_after: int = 0) -> Rendered:
    if absent := pango.missing():
        raise PangoMissing(", ".join(absent))
    if settings.render_processes == 0:
        return render(wanted)
    limit = settings.render_megabytes * 1_000_000
    pool = _pool(settings.render_processes, recycle_after or settings.render_recycle_after, limit)
    rendered: Rendered = pool.schedule(render, (wanted,), timeout=settings.render_seconds).result()
    return rendered


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
    while _pools:
        pool = _pools.pop()
        pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates the rest
        pool.join(timeout=5)
