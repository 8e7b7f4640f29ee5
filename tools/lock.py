"""Writes or checks the hashed locks: one per deployable, one for all, and those of the tools.

`python -m tools.lock` writes them, `--upgrade` takes newer versions, `--check` only lists stale ones: it
compares the stamp in the lock with the current pyproject.toml files, without a registry.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

from tools.workspace import DEPLOYABLES, ROOT, test_tools, third_party

FOLDER = ROOT / "requirements"
OPTIONS = ("--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--no-annotate")
TOOLS = ("build", "dev", "node")
STAMP = "# made by `make lock` from sha256:"


def inputs(name: str) -> list[str]:
    """The requirement lines from which that lock is made."""
    if name in TOOLS:
        lines = (FOLDER / f"{name}.in").read_text(encoding="utf-8").splitlines()
        asked = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return sorted({*asked, *(test_tools(ROOT) if name == "dev" else ())})
    return third_party(ROOT, DEPLOYABLES.get(name))


def names() -> list[str]:
    """Names of the locks in build order: `all` first, since the others take its versions."""
    present = [name for name, folder in DEPLOYABLES.items() if (ROOT / folder / "pyproject.toml").exists()]
    return ["all", *present, *TOOLS]


def digest(lines: list[str]) -> str:
    """The stamp of a lock: hexadecimal SHA-256 of the options and the requirement lines."""
    return hashlib.sha256("\n".join([*OPTIONS, *lines]).encode()).hexdigest()


def stale() -> list[str]:
    """Names of the locks that are missing or made from other requirements."""
    return [name for name in names() if not _is_fresh(FOLDER / f"{name}.txt", digest(inputs(name)))]


def write(name: str, upgrade: bool) -> None:
    """Resolves one lock, keeping its current versions unless asked to upgrade."""
    target = FOLDER / f"{name}.txt"
    lines = inputs(name)
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "compile", "--quiet", *OPTIONS, "--no-sources", "--output-file", str(target), "-"]
    if upgrade:
        command.append("--upgrade")
    if name != "all":
        command += ["--constraints", str(FOLDER / "all.txt")]
    subprocess.run(command, cwd=ROOT, input="\n".join(lines), text=True, check=True, timeout=300)
    target.write_text(f"{STAMP}{digest(lines)}\n{target.read_text(encoding='utf-8')}", encoding="utf-8")
    print(f"requirements/{name}.txt")


def _is_fresh(lock: Path, expected: str) -> bool:
    if not lock.exists():
        return False
    with lock.open(encoding="utf-8") as file:
        return file.readline().strip() == STAMP + expected


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description="Write the hashed requirement files.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a lock is stale")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    arguments = parser.parse_args()
    if not arguments.check:
        for name in names():
            write(name, arguments.upgrade)
        return 0
    old = stale()
    for name in old:
        print(f"requirements/{name}.txt is stale: the pyproject.toml files ask for something else. Run `make lock`.")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
