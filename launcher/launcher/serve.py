"""Starts granian, which starts the serving process (`launcher.boot`).

The target is passed through the environment. Little is imported here: the supervising process only
starts and stops the other, and a person waits for it.
"""

import os
import socket

import typer
from granian import Granian
from granian.constants import Interfaces

from launcher import secrets, services


def run(target: str, *, role: str, host: str, port: int) -> None:
    """Blocks until stopped. Exits with a sentence when the target is unknown or the port taken."""
    services.names_of(target)
    _refuse_taken_port(host, port)
    if target == services.ALL:
        secrets.ensure()
        for name, value in _defaults(port).items():
            os.environ.setdefault(name, value)
    os.environ[services.TARGET_KEY], os.environ[services.ROLE_KEY] = target, role
    Granian(
        "launcher.boot:build",
        factory=True,
        interface=Interfaces.ASGI,
        address=host,
        port=port,
        workers=1,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=25,
    ).serve()


def _defaults(port: int) -> dict[str, str]:
    """All-in-one defaults: local URLs, and no waiting for the printer's hours."""
    here = f"http://localhost:{port}"
    return {
        "BAILLEURS_LOG_FORMAT": "console",
        # This terminal is for a person: successful requests are not logged.
        "BAILLEURS_LOG_LEVEL": "warning",
        "BAILLEURS_PUBLIC_URL": here,
        "BAILLEURS_API_URL": f"http://127.0.0.1:{port}",
        "BAILLEURS_LETTER_BATCHES_AT_ONCE": "true",
    }


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            typer.secho(
                f"Le port {port} est déjà pris par un autre programme. Arrêtez-le, ou choisissez-en un autre : "
                f"bailleurs serve --port {port + 1}",
                fg="red",
                err=True,
            )
            raise typer.Exit(2) from None
