"""A worker of one toy service, in a process of its own: `python -m tools.bench.events.work kitchen`."""

from __future__ import annotations

import logging
import signal
import sys

from chassis.runtime import Runtime
from runner import logs
from runner.worker import Worker

from tools.bench.events.ground import kitchen_service, shop_service


def main(name: str) -> None:
    logs.configure("json", logging.WARNING)
    service = {"shop": shop_service, "kitchen": kitchen_service}[name]
    worker = Worker([Runtime(service, service.settings.load(name))])
    worker.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    worker.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(sys.argv[1])
