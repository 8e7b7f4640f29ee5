"""Runs a folder of the slower suites, or says that it does not exist yet (exit code 2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.workspace import ROOT


def main() -> int:
    folder = Path(sys.argv[1])
    if not any((ROOT / folder).glob("test_*.py")):
        print(f"Not there yet: {folder.as_posix()}/ holds no suite.")
        return 2
    return subprocess.run([sys.executable, "-m", "pytest", str(folder)], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
