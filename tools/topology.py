"""Writes or checks what RabbitMQ loads when it starts: `python -m tools.topology [--check]`.

It is the output of `bailleurs topology`, derived from the services' subscriptions; nobody edits it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.workspace import ROOT

TARGET = ROOT / "deploy" / "rabbitmq" / "definitions.json"


def derived() -> str:
    """The definitions for the current services; exits with a sentence when one does not load."""
    bailleurs = Path(sys.executable).with_name("bailleurs")
    done = subprocess.run([bailleurs, "topology"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        sys.exit(f"`bailleurs topology` failed, a service does not load:\n{done.stderr.strip()[-1500:]}")
    return done.stdout


def main() -> int:
    text = derived()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.relative_to(ROOT)} is not what the subscriptions say. Run `make topology`.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
