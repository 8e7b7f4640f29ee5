"""Pango, with which documents are drawn: installed where set-up may do so, else the line to copy.

Only a library of the system is looked for here; which ones, documents says. Set-up goes on without it: everything
starts, and documents wait.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

#: `0` forbids that set-up installs anything into the system.
ALLOWED = "BAILLEURS_SETUP_SYSTEM"
APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
#: By the package manager that is there: the first one found wins.
BY_HAND = {
    "apt-get": f"sudo apt-get install --no-install-recommends {' '.join(APT)}",
    "dnf": "sudo dnf install pango harfbuzz",
    "apk": "apk add so:libpango-1.0.so.0 so:libpangoft2-1.0.so.0 so:libharfbuzz-subset.so.0",
    "brew": "brew install pango",
}


def ensure(root: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Installs it as root on Debian and Ubuntu; elsewhere, and when that fails, says what to do."""
    if not missing(root):
        return
    if shutil.which("apt-get") and os.geteuid() == 0 and environment.get(ALLOWED) != "0":
        print(f"Installing {' '.join(APT)} (apt-get; {ALLOWED}=0 forbids it) … ", end="", flush=True)
        _install(environment)
        if not missing(root):
            print("done", flush=True)
            return
        print("failed", flush=True)
    line = next((line for command, line in BY_HAND.items() if shutil.which(command)), None)
    print(f"Everything starts without Pango, but documents wait for it. {f'To install it: {line}' if line else DOCS}")


DOCS = "How to install it: https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"


def missing(root: Path) -> list[str]:
    """Libraries that the documents service does not find; none before that service exists."""
    module = root / "services/documents/documents/rendering/pango.py"
    return list(runpy.run_path(str(module))["missing"]()) if module.exists() else []


def _install(environment: Mapping[str, str]) -> None:
    quiet = ("-qq", "-o", "DPkg::Lock::Timeout=120")
    for command in (("apt-get", *quiet, "update"),
                    ("apt-get", *quiet, "install", "--yes", "--no-install-recommends", *APT)):  # fmt: skip
        subprocess.run(
            command, env={**environment, "DEBIAN_FRONTEND": "noninteractive"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, timeout=600, check=False,
        )  # fmt: skip
