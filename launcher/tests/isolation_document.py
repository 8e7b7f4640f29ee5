"""docs/isolation.md, written from the table that is tested: `python launcher/tests/isolation_document.py`."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from isolation_table import CALLERS, KINDS, OPERATIONS, Operation, counted, strangers

DOCUMENT = Path(__file__).parents[2] / "docs" / "isolation.md"
SHORT = ("none", "admin A", "user A", "program A", "person", "admin B", "agent 359", "agent 353", "supervisor")
HEAD = """# Isolation

Who sees what, and what is tried in `make test` (`launcher/tests/test_isolation.py`, on SQLite and on PostgreSQL): the
five services together, with two Cafs (359, 353), two organisations (A, B) that both have flats of both types in one
département, and nine callers. The table stands in `launcher/tests/isolation_table.py`, from which this page is written;
an operation of an OpenAPI document that is not in it fails the tests.

For every object that a caller does not see, each operation that can name it, in its path, query or body,

- answers what it answers for an identifier that does not exist: same status, same words (404, an empty list, total 0);
- leaves every row of the five databases as it was;
- says no identifier, number or name of it.

What a caller does see is reached by the same request: else two refusals would be compared. Without a token every
operation answers 401, but those that are public.
"""


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def objects() -> Iterator[tuple[str, ...]]:
    for kind, named in KINDS.items():
        for name, seen_by in named.items():
            yield (kind, name, *("sees" if who in seen_by else "·" for who in CALLERS[1:]))


def operations() -> Iterator[tuple[str, ...]]:
    for service, found in OPERATIONS.items():
        for key, operation in found.items():
            tried = counted(operation)
            shown = (str(tried[who]) if tried[who] else "·" for who in CALLERS)
            kinds = ", ".join(f"{use.kind} ({use.stranger})" for use in operation.uses) or "none"
            yield (service, f"`{key}`", kinds, *shown)


def totals() -> str:
    every: list[Operation] = [one for found in OPERATIONS.values() for one in found.values()]
    tried = sum((counted(one) for one in every), Counter[str]())
    kinds = Counter(use.kind for one in every for use in one.uses for _ in strangers(one, use))
    head = (
        f"{len(every)} operations, {len(CALLERS)} callers, {sum(map(len, KINDS.values()))} objects of {len(KINDS)} "
        f"kinds: **{sum(tried.values())} requests** about an object that the caller does not see, on each database."
    )
    callers = table(("Caller", "Requests"), ((who, str(tried[who])) for who in CALLERS if tried[who]))
    objects_ = table(("Object", "Requests"), ((kind, str(count)) for kind, count in kinds.most_common()))
    return f"{head}\n\n{callers}\n\n{objects_}"


def rendered() -> str:
    return (
        f"{HEAD}\n## Counts\n{totals()}\n\n## Who sees which object\n"
        f"{table(('Kind', 'Object', *SHORT[1:]), objects())}\n\n"
        "## Operations\nThe kinds of objects that a request names, with the status for one that does not exist; then "
        "how many objects each caller does not see and asks for; without a token, where an operation is public.\n\n"
        f"{table(('Service', 'Operation', 'Objects', *SHORT), operations())}\n"
    )


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(), encoding="utf-8")
