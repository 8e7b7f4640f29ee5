"""What granian calls in the process that serves."""

import logging
import os
import warnings
from importlib import import_module

# connexion 3.3 imports what starlette has deprecated; starlette is pinned for it.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")

from chassis import tracing  # noqa: E402 - after the warning is silenced
from chassis.settings import Settings  # noqa: E402
from runner import logs  # noqa: E402
from runner.edge import Edge  # noqa: E402

from launcher import services  # noqa: E402
from launcher.process import Process  # noqa: E402
from launcher.serve import ROLE, TARGET  # noqa: E402


def build() -> Edge:
    """The application of this process, from the environment. Raises SettingsError, UnknownTarget."""
    target, role = os.environ[TARGET], os.environ[ROLE]
    settings = Settings.load(target)
    logs.configure(settings.log_format, logging.getLevelNamesMapping()[settings.log_level.upper()])
    tracing.configure(target)
    everything = target == services.ALL
    process = Process(
        target,
        serve=role == "serve",
        work=role == "work" or everything,
        after_start=_demonstrate if everything else _nothing,
    )
    return process.application()


def _demonstrate(process: Process) -> None:
    # A single service's image holds neither the demonstration nor the page layout; and nobody waits for them here.
    import_module("launcher.seed").fill_and_tell(process)


def _nothing(_process: Process) -> None:
    return
