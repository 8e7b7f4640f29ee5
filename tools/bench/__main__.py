"""`make bench`: all benchmarks, or one with `make bench BENCH=identity`; each starts what it needs.

Exit code 1 when one could not be taken or missed an aim. An aim is a ratio of two costs of the same run, of which a
busy machine changes little.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module  # noqa: TID251 - names are found at run time

import tools.bench
from tools.bench import figures
from tools.bench.figures import Figure
from tools.workspace import ROOT

# What benchmarks share.
APART = {"__main__", "containers", "declaring", "figures", "processes"}


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(tools.bench.__path__) if module.name not in APART)


def main(chosen: list[str]) -> int:
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    found: dict[str, list[Figure]] = {}
    failed = []
    for name in chosen or names():
        print(f"{name} …", flush=True)
        try:
            found[name] = import_module(f"tools.bench.{name}").figures()
        except Exception as error:
            print(f"{name}: not taken, {type(error).__name__}: {error}")
            failed.append(name)
            continue
        print(f"written: {figures.write(name, found[name]).relative_to(ROOT)}", flush=True)
    figures.show(found)
    missed = [f"{name}: {one.name}" for name, all_of in found.items() for one in all_of if one.met is False]
    print(f"aims missed: {'; '.join(missed) or 'none'}")
    if failed:
        print(f"not taken: {', '.join(failed)}")
    return int(bool(failed or missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
