"""`python -m tools.typed_tests [FOLDER…]`: checks the types of tests as strictly as those of the code.

One mypy per folder, with the folder in its path: each has a conftest.py, and tests import what stands beside them by
its bare name, as pytest does. They share mypy's cache, so that each takes about a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.workspace import ROOT


def folders(root: Path = ROOT) -> list[str]:
    """Every folder of the repository with tests."""
    return sorted({_top(file.parent.relative_to(root).as_posix()) for file in _files(root)})


def _files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*/tests/*.py", "tests-e2e/*.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [root / name for name in listed.stdout.split()]


def _top(folder: str) -> str:
    """`libs/runner/tests/toys/shop` → `libs/runner/tests`."""
    before, tests, _ = f"{folder}/".partition("tests-e2e/" if folder.startswith("tests-e2e") else "/tests/")
    return (before + tests).rstrip("/")


def check(folder: str) -> str:
    """mypy's sentences, empty when there is none."""
    files = [str(file) for file in sorted((ROOT / folder).glob("*.py"))]
    beside = [str(ROOT / folder), *(str(toys) for toys in (ROOT / folder).glob("toys"))]
    mypy = str(Path(sys.executable).with_name("mypy"))
    done = subprocess.run(
        [mypy, "--no-error-summary", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "MYPYPATH": os.pathsep.join(beside)},
    )
    return (done.stdout + done.stderr).strip() if done.returncode else ""


def main() -> int:
    found = [said for folder in sys.argv[1:] or folders() if (said := check(folder))]
    for said in found:
        print(said)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
