"""The entry point that granian calls in the serving process.

This module imports little else, because it pauses the garbage collector: repeated scans of modules that stay loaded
take an eighth of the time until the first page.
"""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.asgi import Edge


def build() -> "Edge":
    """The application of this process, from the environment. Raises SettingsError, UnknownTarget."""
    from chassis.parent import end_with_parent

    end_with_parent()
    gc.disable()
    try:
        from launcher import application

        return application.build()
    finally:
        gc.freeze()
        gc.enable()
