"""`make test`: all tests; without a container engine, those that need no container.

`BAILLEURS_REQUIRE_CONTAINERS=1` makes a missing engine a failure. Arguments: folders, then pytest options.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.workspace import ROOT

WORKERS = 2


def engine_missing() -> str:
    """Why containers cannot be used here; empty when they can."""
    if not shutil.which("docker"):
        return "no `docker` command"
    try:
        subprocess.run(["docker", "info"], capture_output=True, check=True, timeout=30)
    except subprocess.TimeoutExpired:
        return "`docker info` gave no answer within 30 s"
    except subprocess.CalledProcessError as error:
        said: list[str] = error.stderr.decode(errors="replace").strip().splitlines()
        return said[-1] if said else "`docker info` failed"
    return ""


def pytest(arguments: list[str]) -> int:
    """Exit code."""
    # In the order of `chassis.testing.order`: left to itself, xdist begins with the files of many short tests.
    # A worker starts its own PostgreSQL and RabbitMQ at the first test that asks for one.
    shared = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"]
    return subprocess.run([sys.executable, "-m", "pytest", *shared, *arguments], cwd=ROOT, check=False).returncode


def main() -> int:
    arguments = sys.argv[1:]
    missing = engine_missing()
    if not missing:
        return pytest(arguments)
    failed = pytest(["-m", "not containers", *arguments])
    print(f"Not run: the tests with PostgreSQL, RabbitMQ and Envoy in containers ({missing}).")
    required = os.environ.get("BAILLEURS_REQUIRE_CONTAINERS") == "1"
    if required:
        print("BAILLEURS_REQUIRE_CONTAINERS=1: that is a failure.")
    return failed or int(required)


if __name__ == "__main__":
    sys.exit(main())
