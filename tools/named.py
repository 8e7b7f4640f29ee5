"""What documentation pages may refer to: functions, classes and constants of a file, and its tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def tests_of(file: Path) -> frozenset[str]:
    """The names of a file's test functions; empty when the file does not exist."""
    if not file.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, _FUNCTIONS) and node.name.startswith("test_"))


@cache
def names_of(file: Path) -> frozenset[str]:
    """The names a module defines at top level; empty when the file does not exist."""
    if not file.is_file():
        return frozenset()
    return frozenset(name for node in ast.parse(file.read_text(encoding="utf-8")).body for name in _defined(node))


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from (target.id for target in targets if isinstance(target, ast.Name))
