"""A process that another started ends with it, even when that one was killed and could tell nobody."""

import multiprocessing
import os
import threading
import time

EVERY_SECONDS = 0.5


def end_with_parent(parent: int | None = None) -> None:
    """Call it at the start of each process of ours that is not the first.

    ``parent``: its number, told by itself, since it may be gone before this line; multiprocessing tells it anyway.

    It asks who its parent is every half second: the kernel's own signal of a parent's death is sent when the *thread*
    ends that started the process, and pools start theirs in threads.
    """
    told = multiprocessing.parent_process()
    known = parent or (told and told.pid) or os.getppid()
    threading.Thread(target=_watch, args=(known,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY_SECONDS)
    # At once and without clean-up, as if killed too: whatever is half done is found in the database and done again.
    os._exit(1)
