"""pytest plugin of `make mutation`: only tests of rules run; those that start a service on a database are left out."""

import pytest
from hypothesis import settings
from mutmut.state import state

_SERVICE_FIXTURES = {"harness", "database_url", "sqlite_url", "postgres_url"}


def pytest_configure() -> None:
    # For each mutant again: a quarter of the examples finds nearly as much.
    settings.register_profile("mutation", settings(), max_examples=25)
    settings.load_profile("mutation")


# First: before the chassis asks whether a container engine answers.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    slow = [item for item in items if _SERVICE_FIXTURES & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=slow)
    # The first failure ends the run: the quickest tests come first.
    seconds = state().duration_by_test
    items[:] = sorted((item for item in items if item not in slow), key=lambda item: seconds.get(item.nodeid, 0))
