"""Builds the application of a serving process: logs, traces, and the services of its target."""

import logging
import os

from chassis import tracing
from chassis.settings import Settings
from runner import logs
from runner.asgi import Edge

from launcher import services
from launcher.process import Process


def build() -> Edge:
    """The application of this process, from the environment. Raises SettingsError, UnknownTarget."""
    target, role = os.environ[services.TARGET_KEY], os.environ[services.ROLE_KEY]
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
    # Imported here: a single service's image has neither the demonstration nor the page layout, and loading takes time.
    from launcher.seed import fill_and_tell

    fill_and_tell(process)


def _nothing(_process: Process) -> None:
    return
