"""The entry point that granian calls in the serving process.

This module imports little else, because it pauses the garbage collector: repeated scans of modules that stay loaded
take an eighth of the time until the first page.
"""

import ctypes
import gc
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.asgi import Edge


# <malloc.h> of glibc.
_M_ARENA_MAX = -8


def share_memory() -> None:
    """Threads share two arenas: glibc would give each its own, up to eight a core, and keep what each once held."""
    # Other C libraries have none.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def build() -> "Edge":
    """The application of this process, from the environment. Raises SettingsError, UnknownTarget."""
    from chassis.parent import end_with_parent

    end_with_parent()
    share_memory()
    gc.disable()
    try:
        from launcher import application

        return application.build()
    finally:
        gc.freeze()
        gc.enable()
