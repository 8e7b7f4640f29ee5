"""Samples the stacks of this process's own threads: in which layer they spend their time. Slow, so for shares only."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from itertools import count
from pathlib import Path
from types import FrameType

EVERY_SECONDS = 0.001
WRITTEN_EVERY = 500
# The innermost frame of such a file decides; of two that match, the first.
LAYERS = {
    "edge": "runner/asgi.py runner/logs.py structlog/ logging/ opentelemetry/ prometheus_client/ chassis/tracing.py",
    "database": "sqlalchemy/ psycopg/ chassis/db.py chassis/runtime.py",
    "token": "joserfc/ cryptography/ chassis/auth.py",
    "admission": "chassis/entrance.py chassis/account_status.py",
    "contract": "chassis/validation.py chassis/intake.py jsonschema_rs/ connexion/ starlette/ chassis/webapp.py",
    "loop and threads": "chassis/bridge.py a2wsgi/ concurrent/ asyncio/ selectors.py queue.py tempfile.py",
    "Flask": "flask/ werkzeug/",
    "service": "/identity/ /habilitation/ /declaration/ chassis/",
}
_FILES = [(layer, files.split()) for layer, files in LAYERS.items()]


def start(file: Path) -> None:
    # Otherwise the sampling thread runs only where others give way: when they call the database.
    sys.setswitchinterval(0.00005)
    threading.Thread(target=_sample, args=(file,), name="sampling", daemon=True).start()


def _sample(file: Path) -> None:
    """Gives the processor time that a thread has spent since the last look to what it does now.

    A count of stacks would mostly show threads that wait for the interpreter.
    """
    spent: defaultdict[str, float] = defaultdict(float)
    known: dict[int, float] = {}
    for number in count(1):
        time.sleep(EVERY_SECONDS)
        for thread, frame in sys._current_frames().items():
            try:
                now = time.clock_gettime(time.pthread_getcpuclockid(thread))
            except OSError:
                # Ended meanwhile.
                continue
            if thread != threading.get_ident():
                spent[_layer(frame)] += now - known.get(thread, now)
            known[thread] = now
        if number % WRITTEN_EVERY == 0:
            file.write_text(json.dumps(spent))


def _layer(frame: FrameType | None) -> str:
    while frame is not None:
        name = frame.f_code.co_filename
        for layer, files in _FILES:
            if any(each in name for each in files):
                return layer
        frame = frame.f_back
    return "other"
