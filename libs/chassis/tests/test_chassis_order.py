"""Files that take long begin first: at the end of a run no process works alone."""

from pathlib import Path

import pytest
from chassis.testing.order import longest_first


class Planned(pytest.Item):
    def runtest(self) -> None: ...


def planned(session: pytest.Session, file: str, tests: int, *, seconds: int = 0) -> list[pytest.Item]:
    made: list[pytest.Item] = []
    for number in range(tests):
        item = Planned.from_parent(session, name=f"test_{number}", path=Path(file))
        if seconds and number == tests - 1:
            item.add_marker(pytest.mark.timeout(seconds))
        made.append(item)
    return made


def test_files_with_the_longest_limit_then_those_with_the_most_tests(request: pytest.FixtureRequest) -> None:
    session = request.session
    short, many = planned(session, "/short.py", 2), planned(session, "/many.py", 5)
    long, longest = planned(session, "/long.py", 1, seconds=180), planned(session, "/longest.py", 3, seconds=600)
    items = [*short, *many, *long, *longest]
    longest_first(items)
    assert items == [*longest, *long, *many, *short]
