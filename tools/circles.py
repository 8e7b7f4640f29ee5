"""`make check`: no module imports one that imports it back, however far around; imports within functions count too."""

from __future__ import annotations

import configparser
import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import grimp

from tools.workspace import ROOT


def circle(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules of a circle, the first one again at the end; empty when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def packages() -> list[str]:
    settings = configparser.ConfigParser()
    settings.read(ROOT / ".importlinter")
    return settings["importlinter"]["root_packages"].split()


def imports_of(package: str) -> dict[str, set[str]]:
    graph = grimp.build_graph(package, cache_dir=str(ROOT / ".import_linter_cache"))
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def main() -> int:
    found = [circle(imports_of(package)) for package in packages()]
    for modules in filter(None, found):
        # Each imports the one before it.
        sys.stdout.write(f"a circle of imports: {' ← '.join(modules)}\n")
    return 1 if any(found) else 0


if __name__ == "__main__":
    sys.exit(main())
