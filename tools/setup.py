"""Prepares the virtual environment: `python3 -m tools.setup` (to run), `--dev` (also to test and check).

Standard library only. A second call takes some tens of milliseconds: a stamp records the inputs of each step.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # first of all: what follows does not even import on an old Python
    sys.exit(
        "Python 3.11 or newer is needed; this one is %d.%d. On Debian 12 or Ubuntu 24.04: apt install python3 "
        "python3-venv. With another one installed: make PYTHON=python3.13" % sys.version_info[:2]
    )

import argparse
import json
import shutil
import subprocess
import time
from pathlib import Path

from tools import pango
from tools.steps import Step, steps
from tools.workspace import ROOT

VENV = ROOT / ".venv"
STAMP = VENV / "setup.json"
LOG = ROOT / "var" / "setup.log"
ROOM_NEEDED = 1_500_000_000

#: What a failed command prints, and what the person should read instead. The first that matches wins.
FULL = "The disk is full: 1.5 GB are needed under this folder and in ~/.cache."
ALTERED = "A downloaded file is not the one that was locked. Nothing of it was installed."
UNREACHABLE = (
    "The package registry does not answer. Set-up needs the network once; behind a proxy set HTTPS_PROXY, with a "
    "mirror PIP_INDEX_URL and UV_DEFAULT_INDEX."
)
REASONS = {
    "no space left": FULL,
    "disk quota exceeded": FULL,
    "do not match the hashes": ALTERED,
    "hash mismatch": ALTERED,
    "name resolution": UNREACHABLE,
    "dns error": UNREACHABLE,
    "enotfound": UNREACHABLE,
    "eai_again": UNREACHABLE,
    "network is unreachable": UNREACHABLE,
    "connection refused": UNREACHABLE,
    "error sending request": UNREACHABLE,
    "timed out": UNREACHABLE,
    "etimedout": UNREACHABLE,
    "newconnectionerror": UNREACHABLE,
}


class SetupError(Exception):
    """A sentence for the person who ran `make`."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tools.setup", description="Prepare .venv.")
    parser.add_argument("--dev", action="store_true", help="also the tools of tests and checks")
    try:
        prepare(dev=parser.parse_args().dev)
        pango.ensure(ROOT)
    except SetupError as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    return 0


def prepare(dev: bool) -> None:
    """Runs the steps that are out of date, in order; a step is stamped only once it has succeeded."""
    done = _stamp()
    todo = [step for step in steps(ROOT, VENV, dev) if done.get(step.name) != step.digest or not step.made()]
    if not todo:
        return
    _check_disk_space()
    _make_venv()
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    for step in todo:
        _run(step)
        done[step.name] = step.digest
        STAMP.write_text(json.dumps(done, indent=1), encoding="utf-8")


def _stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _check_disk_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < ROOM_NEEDED:
        raise SetupError(f"Only {free / 1e9:.1f} GB are free under {ROOT}; 1.5 GB are needed.")


def _make_venv() -> None:
    if (VENV / "bin" / "python").exists():
        return
    try:
        import ensurepip
        import venv
    except ImportError:
        raise SetupError(
            "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv, then again."
        ) from None
    print(f"Python {sys.version.split()[0]}, pip {ensurepip.version()}: creating .venv", flush=True)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(
            f".venv could not be made ({error}). On Debian and Ubuntu: apt install python3-venv."
        ) from None


def _run(step: Step) -> None:
    start = time.monotonic()
    print(f"{step.label} … ", end="", flush=True)
    for command in step.commands():
        finished = subprocess.run(
            command, cwd=ROOT, env=step.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
        )  # fmt: skip
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{finished.stdout}\n")
        if finished.returncode:
            print("failed")
            raise SetupError(_explain(step, finished.stdout))
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def _explain(step: Step, output: str) -> str:
    low = output.lower()
    for mark, sentence in REASONS.items():
        if mark in low:
            return f"{sentence} (All of it: {_shown(LOG)})"
    tail = "\n".join(output.strip().splitlines()[-12:])
    return f"“{step.label}” failed; its last lines (all of it: {_shown(LOG)}):\n{tail}"


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
