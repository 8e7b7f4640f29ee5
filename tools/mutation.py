"""`make mutation`: how many small faults in each service's `domain` its tests notice (mutmut, without containers).

Arguments: services (all), or `declaration:campaign` for one module while its tests grow. Of a whole service, the result
and the mutants that survived are written to var/mutation/SERVICE.json. Exit code 1 when a score is under 90 %.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tools import domain_tests
from tools.workspace import ROOT, SERVICES

REPORTS = ROOT / "var" / "mutation"
LEAST_SCORE = 90.0
# What the tests read beside the package.
BESIDE = ("tests", "openapi.yaml", "events")
# Slow tests of files and lists, which meet rules in passing only.
LEFT_OUT = {f"test_declaration_{subject}.py" for subject in ("bad_files", "listing", "sequences", "sheets")}
# Each mutant is a run of pytest: without the plugins that tests of rules do not need, it takes a fifth of the time.
PLUGINS = ("pytest_timeout", "_hypothesis_pytestplugin", "no:unraisableexception", "no:threadexception", "domain_tests")
# What does the same when mutated: UTF-8 in capitals; a check of lengths that are equal by construction.
EQUIVALENT = ('encoding="utf-8"', "strict=(True|False)")
_SHOW = """import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[1:]:
    print(f"# {name}", get_diff_for_mutant(name), sep="\\n")
"""


@dataclass(frozen=True)
class Result:
    """Of one service; `survivors`: why each mutant was not killed, by its name."""

    mutants: int
    killed: int
    never_ended: int
    seconds: int
    survivors: dict[str, str]

    @property
    def score(self) -> float:
        """In per cent. A mutant that never ends counts as killed: pytest would stop it."""
        return 100 * (self.killed + self.never_ended) / self.mutants


def rule_tests(service: str, root: Path) -> list[Path]:
    """The files with tests of the domain, but for those that read files outside of the service."""
    imports = re.compile(rf"^from {service}(\.domain| import .*\bdomain\b)", re.MULTILINE)
    files = sorted((root / "services" / service / "tests").glob("test_*.py"))
    files = [file for file in files if file.name not in LEFT_OUT]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    return [file for file, text in texts.items() if imports.search(text) and not re.search(r"parents\[[23]\]", text)]


def settings(service: str, module: str, tests: list[Path]) -> str:
    """mutmut's setup.cfg. Without a module: all of the domain, a file or a folder."""
    lists = {
        "source_paths": [service],
        "only_mutate": [f"{service}/domain/*{module}*"] if module else [f"{service}/domain/*", f"{service}/domain.py"],
        "also_copy": [*BESIDE, "conftest.py", "domain_tests.py"],
        "pytest_add_cli_args": [*(part for plugin in PLUGINS for part in ("-p", plugin)), "--hypothesis-seed=0"],
        "pytest_add_cli_args_test_selection": [f"tests/{file.name}" for file in tests],
        "do_not_mutate_patterns": list(EQUIVALENT),
    }
    lines = [f"{name}=\n" + "".join(f"    {value}\n" for value in values) for name, values in lists.items()]
    return "[mutmut]\n" + "".join(lines) + "use_git_change_detection=false\n"


def prepare(service: str, module: str, folder: Path, root: Path) -> None:
    """A copy of the service: mutmut mutates the package that stands in its working directory."""
    source = root / "services" / service
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source / service, folder / service, ignore=shutil.ignore_patterns("__pycache__"))
    beside = [*(source / name for name in BESIDE), root / "conftest.py", root / "pyproject.toml"]
    for part in filter(Path.exists, beside):
        copy = shutil.copytree if part.is_dir() else shutil.copy
        copy(part, folder / part.name)
    shutil.copy(domain_tests.__file__, folder)
    (folder / "setup.cfg").write_text(settings(service, module, rule_tests(service, root)), encoding="utf-8")


def mutate(service: str, module: str, processes: int, folder: Path, root: Path = ROOT) -> Result:
    """Raises SystemExit when the tests fail without any fault."""
    prepare(service, module, folder, root)
    start = time.monotonic()
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [_tool("mutmut"), "run", "--max-children", str(processes)]
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"mutmut could not run on {service}:\n{(finished.stdout + finished.stderr)[-4000:]}")
    command = [_tool("mutmut"), "results", "--all", "true"]
    listed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    return result(dict(statuses(listed)), round(time.monotonic() - start))


def statuses(listed: str) -> Iterator[tuple[str, str]]:
    """Each mutant of `mutmut results` with its status."""
    for line in listed.splitlines():
        name, colon, status = line.strip().rpartition(": ")
        if colon:
            yield name, status


def result(found: dict[str, str], seconds: int) -> Result:
    survivors = {name: status for name, status in sorted(found.items()) if status not in ("killed", "timeout")}
    never_ended = list(found.values()).count("timeout")
    return Result(len(found), len(found) - never_ended - len(survivors), never_ended, seconds, survivors)


def row(name: str, result: Result) -> str:
    killed, survived = result.killed + result.never_ended, len(result.survivors)
    return f"{name:14}{result.mutants:9}{killed:9}{survived:10}{result.score:9.1f} %{result.seconds:7} s"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description="Mutation score of each domain.")
    parser.add_argument("asked", nargs="*", help="a service, or `declaration:campaign` for one of its modules")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", action="store_true", help="also the fault of each mutant that survived")
    arguments = parser.parse_args()
    asked = arguments.asked or SERVICES
    if unknown := [name for name in asked if name.partition(":")[0] not in SERVICES]:
        parser.error(f"{', '.join(unknown)}: no such service; there are {', '.join(SERVICES)}")
    print(f"{'service':14}{'mutants':>9}{'killed':>9}{'survived':>10}{'score':>11}{'time':>9}", flush=True)
    scores = [measure(name, arguments.processes, arguments.show) for name in asked]
    return int(min(scores) < LEAST_SCORE)


def measure(name: str, processes: int, show: bool) -> float:
    """The score of what was asked, once it is printed and written."""
    service, _, module = name.partition(":")
    found = mutate(service, module, processes, REPORTS / service)
    if not module:
        content = {"score": round(found.score, 1), **asdict(found)}
        (REPORTS / f"{service}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(row(name, found), flush=True)
    if show:
        subprocess.run([sys.executable, "-c", _SHOW, *found.survivors], cwd=REPORTS / service, check=True)
    return found.score


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


if __name__ == "__main__":
    sys.exit(main())
