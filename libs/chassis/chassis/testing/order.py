"""Which files of tests begin first when several processes share them: the long ones, so that no process ends alone."""

from collections import Counter

import pytest


def longest_first(items: list[pytest.Item]) -> None:
    """Files with a time limit of their own, the longest before; then those with the most tests."""
    tests = Counter(item.path for item in items)
    limits = {path: max(limit(item) for item in items if item.path == path) for path in tests}
    items.sort(key=lambda item: (-limits[item.path], -tests[item.path], str(item.path)))


def limit(item: pytest.Item) -> float:
    """In seconds; 0 for the one of every test."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0.0
