"""`make test`: all tests that need no container, then, if a container engine is available, those that do.

`BAILLEURS_REQUIRE_CONTAINERS=1` makes a missing engine a failure. Arguments: folders, then pytest options.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.workspace import ROOT

NO_TEST = 5


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


def pytest(marker: str, workers: int, arguments: list[str]) -> int:
    """Exit code; selecting no test counts as success."""
    # In the order of `chassis.testing.order`: left to itself, xdist begins with the files of many short tests.
    shared = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-m", marker, *shared, *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    return 0 if code == NO_TEST else code


def main() -> int:
    arguments = sys.argv[1:]
    failed = pytest("not containers", 2, arguments)
    missing = engine_missing()
    if not missing:
        # Each worker starts its own PostgreSQL and RabbitMQ; while one waits, another runs.
        return pytest("containers", 2, arguments) or failed
    required = os.environ.get("BAILLEURS_REQUIRE_CONTAINERS") == "1"
    print(f"Not run: the tests with PostgreSQL, RabbitMQ and Envoy in containers ({missing}).")
    if required:
        print("BAILLEURS_REQUIRE_CONTAINERS=1: that is a failure.")
    return failed or int(required)


if __name__ == "__main__":
    sys.exit(main())
