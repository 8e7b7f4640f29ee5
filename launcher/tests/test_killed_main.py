"""The process that a person started is killed: all that it had started end too, and the port is free again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from running_product import served

WITHIN_SECONDS = 20
pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc"),
]
RENDERING = """
import sys, time
from concurrent.futures import wait
from documents import render_pool

if __name__ == "__main__":
    pool = render_pool._pool(2, 10, 3_000_000_000)
    sleeping = [pool.schedule(time.sleep, (600,)) for _ in range(2)]
    while not all(each.running() for each in sleeping):
        time.sleep(0.1)
    print("started", flush=True)
    time.sleep(600)
"""
READING = """
import os, subprocess, sys, time
from multiprocessing import Pipe

ours, its = Pipe()
command = [sys.executable, "-m", "declaration.files.parser_process", str(its.fileno()), str(os.getpid())]
# Held open by a third, as by a process that was started beside it: no end of the pipe tells of the death.
third = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], pass_fds=(ours.fileno(),))
subprocess.Popen(command, pass_fds=(its.fileno(),))
print("started", third.pid, flush=True)
time.sleep(600)
"""


def descendants(of: int) -> set[int]:
    """Children, theirs, and so on."""
    children: dict[int, set[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name, in brackets, may hold anything.
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, set()).add(int(folder.name))
    found, waiting = set[int](), [of]
    while waiting:
        inner = children.get(waiting.pop(), set())
        found |= inner
        waiting += inner
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def until(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + WITHIN_SECONDS
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def permissions(folder: Path) -> dict[Path, int]:
    """The mode of each path; the product is running, so that a file listed may be gone when it is read."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):
            found[path] = path.lstat().st_mode
    return found


def test_what_it_keeps_is_private_what_it_started_ends_with_it_and_the_port_is_free(tmp_path: Path) -> None:
    with served(tmp_path) as product:
        started = descendants(product.pid)
        assert started
        # Databases with their logs, keys, documents, the demonstration's accounts.
        kept = permissions(product.folder / "var")
        assert len(kept) > 10
        assert [path for path, mode in kept.items() if mode & 0o077] == []
        os.kill(product.pid, signal.SIGKILL)
        assert until(lambda: not any(map(alive, started))), "still running"
        assert until(lambda: is_free(int(product.url.rpartition(":")[2]))), "the port is still taken"


@pytest.mark.parametrize("program", [RENDERING, READING], ids=["rendering", "reading"])
def test_processes_that_render_or_read_end_with_who_started_them(program: str, tmp_path: Path) -> None:
    script = tmp_path / "starting.py"
    script.write_text(program)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as main:  # noqa: S603 - our own words
        assert main.stdout is not None
        said = main.stdout.readline().split()
        others = {int(pid) for pid in said[1:]}
        started = descendants(main.pid) - others
        assert (said[0], bool(started)) == ("started", True)
        main.kill()
        main.wait()
        try:
            assert until(lambda: not any(map(alive, started))), "still running"
        finally:
            for pid in others:
                os.kill(pid, signal.SIGKILL)
