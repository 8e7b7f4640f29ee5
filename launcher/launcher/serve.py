"""Starts a process under granian; what it serves is told to granian's own process through the environment."""

import os
import socket
import warnings
from importlib import import_module

import typer
from chassis import tracing
from chassis.settings import Settings
from granian import Granian
from granian.constants import Interfaces
from runner import logs
from runner.edge import Edge

from launcher import secrets, services

_TARGET, _ROLE = "BAILLEURS_TARGET", "BAILLEURS_ROLE"


def run(target: str, *, role: str, host: str, port: int) -> None:
    """Blocks until stopped. Exits with a sentence when the target is unknown or the port taken."""
    services.names_of(target)
    _refuse_taken_port(host, port)
    if target == services.ALL:
        secrets.ensure()
        for name, value in _defaults(port).items():
            os.environ.setdefault(name, value)
    os.environ[_TARGET], os.environ[_ROLE] = target, role
    Granian(
        "launcher.serve:application",
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
    """All in one: what the pages call themselves, and no waiting for the printer's hours."""
    here = f"http://localhost:{port}"
    return {
        "BAILLEURS_LOG_FORMAT": "console",
        "BAILLEURS_PUBLIC_URL": here,
        "BAILLEURS_API_URL": f"http://127.0.0.1:{port}",
        "BAILLEURS_LETTER_BATCHES_AT_ONCE": "true",
    }


def application() -> Edge:
    """Called by granian in the process that serves; imports there what the supervising process does not need."""
    target, role = os.environ[_TARGET], os.environ[_ROLE]
    # connexion 3.3 imports what starlette has deprecated; starlette is pinned for it.
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    logs.configure(Settings.load(target).log_format)
    tracing.configure(target)
    everything = target == services.ALL
    process = import_module("launcher.process").Process(
        target,
        serve=role == "serve",
        work=role == "work" or everything,
        # Imported here: a single service's image holds neither the demonstration nor the page layout.
        after_start=import_module("launcher.seed").fill_and_tell if everything else _nothing,
    )
    built: Edge = process.application()
    return built


def _nothing(_process: object) -> None:
    return


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
