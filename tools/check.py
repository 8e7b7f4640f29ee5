"""`make check`: runs every check, then shows one line per result."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tools.workspace import ROOT

BIN = Path(sys.executable).parent
DECLARED_FIELDS = "services/declaration/tests/test_declaration_declared.py"


def typed(folders: list[str]) -> list[str]:
    """The packages that mypy checks: every top-level folder with an __init__.py. Tests: `tools.typed_tests`."""
    inits = [file.parent for folder in folders for file in sorted((ROOT / folder).rglob("__init__.py"))]
    tops = [package for package in inits if not (package.parent / "__init__.py").exists()]
    return [str(top.relative_to(ROOT)) for top in tops if "node_modules" not in top.parts and "tests" not in top.parts]


def checks(folders: list[str]) -> dict[str, list[str]]:
    """The commands to run, by displayed name."""
    return {
        "format": [str(BIN / "ruff"), "format", "--check", "--quiet", *folders],
        "lint": [str(BIN / "ruff"), "check", "--quiet", *folders],
        "types": [str(BIN / "mypy"), "--no-error-summary", *typed(folders)],
        "test types": [sys.executable, "-m", "tools.typed_tests"],
        "imports": [str(BIN / "lint-imports"), "--no-logo"],
        "circles": [sys.executable, "-m", "tools.circles"],
        "locks": [sys.executable, "-m", "tools.lock", "--check"],
        "contracts": [sys.executable, "-m", "tools.contract_types", "--check"],
        "topology": [sys.executable, "-m", "tools.topology", "--check"],
        "asvs": [sys.executable, "-m", "tools.asvs"],
        "rules": [sys.executable, "-m", "tools.rules"],
        # The table of declared fields against the contracts, events and types.
        "fields": [sys.executable, "-m", "pytest", "-m", "not containers", DECLARED_FIELDS],
        "messages": [sys.executable, "-m", "tools.messages", "--check"],
        "glossary": [sys.executable, "-m", "tools.glossary", "--check"],
    }


def main() -> int:
    failed = []
    for name, command in checks(sys.argv[1:]).items():
        start = time.monotonic()
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
        print(
            f"{name:10} {'ok' if finished.returncode == 0 else 'FAILED':6} {time.monotonic() - start:5.1f} s",
            flush=True,
        )
        if finished.returncode:
            failed.append(name)
            print((finished.stdout + finished.stderr).strip(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
