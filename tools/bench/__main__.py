"""`make bench`: all benchmarks, or one with `make bench BENCH=identity`; exit code 1 when one could not run.

A missed target is reported, not a failure: these machines are noisy.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module  # noqa: TID251 - names are found at run time

import tools.bench
from tools.bench import figures
from tools.workspace import ROOT

APART = {"__main__", "figures"}


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(tools.bench.__path__) if module.name not in APART)


def main(chosen: list[str]) -> int:
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    failed = False
    for name in chosen or names():
        try:
            found = import_module(f"tools.bench.{name}").figures()
        except Exception as error:
            print(f"{name}: not taken, {type(error).__name__}: {error}")
            failed = True
            continue
        figures.show(name, found)
        print(f"written: {figures.write(name, found).relative_to(ROOT)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
