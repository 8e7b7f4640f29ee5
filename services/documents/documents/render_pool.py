"""A pool of recycled render processes with a time limit."""

import multiprocessing
import multiprocessing.util
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from chassis.parent import end_with_parent
from pebble import ProcessPool
from pebble.common.types import CONSTS

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


def make_recap(settings: Settings, wanted: Recap) -> Rendered:
    """Raises TimeoutError beyond `render_seconds`, pebble.ProcessExpired if the process dies, as `render_recap`."""
    return _run(settings, render_recap, wanted)


def make_batch_recap(settings: Settings, wanted: BatchRecap) -> Rendered:
    """Raises as `make_recap`. In a process that ends with it: thousands of lines take half a gigabyte."""
    return _run(settings, render_batch_recap, wanted, recycle_after=1)


def make_letter(settings: Settings, wanted: Letter) -> Rendered:
    """Raises as `make_recap` and `render_letter`."""
    return _run(settings, render_letter, wanted)


def _run(settings: Settings, render: Callable[[Wanted], Rendered], wanted: Wanted, recycle_after: int = 0) -> Rendered:
    if settings.render_processes == 0:
        return render(wanted)
    pool = _pool(settings.render_processes, recycle_after or settings.render_recycle_after)
    rendered: Rendered = pool.schedule(render, (wanted,), timeout=settings.render_seconds).result()
    return rendered


@cache
def _pool(processes: int, recycle_after: int) -> ProcessPool:
    """Started at the first file. Spawned, not forked, because the parent has threads."""
    pool = ProcessPool(
        processes,
        max_tasks=recycle_after,
        initializer=end_with_parent,
        context=multiprocessing.get_context("spawn"),
    )
    _pools.append(pool)
    # Not atexit: a server process may be a multiprocessing child, which joins its children before atexit runs.
    multiprocessing.util.Finalize(pool, close, exitpriority=1)
    return pool


def close() -> None:
    """Ends the processes; the next file starts new ones."""
    _pool.cache_clear()
    while _pools:
        pool = _pools.pop()
        pool.stop()  # type: ignore[no-untyped-call]  # pebble annotates the rest
        pool.join(timeout=5)
