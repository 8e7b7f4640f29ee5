"""Ends a child process with its parent, even when the parent was killed."""

import multiprocessing
import os
import threading
import time

EVERY_SECONDS = 0.5


def end_with_parent(parent: int | None = None) -> None:
    """Call it at the start of each child process.

    ``parent``: the pid passed by the parent, which may be gone before this line; multiprocessing passes it anyway.

    It polls the parent pid every half second: the kernel's parent-death signal is sent when the *thread* that
    started the process ends, and pools start theirs in threads.
    """
    told = multiprocessing.parent_process()
    known = parent or (told and told.pid) or os.getppid()
    threading.Thread(target=_watch, args=(known,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY_SECONDS)
    # At once, without clean-up, as if killed: unfinished work is found in the database and done again.
    os._exit(1)
