"""Guards over the migrations: one head a service, and the migrated database is what the models say."""

import pytest
from chassis.testing import schema
from chassis.testing.plugin import HarnessFactory

from launcher import services

pytestmark = pytest.mark.parametrize("name", services.NAMES)


def test_a_service_has_one_migration_head_the_one_with_the_highest_number(name: str) -> None:
    service = services.load(name)
    newest = max((service.migrations / "versions").glob("[0-9]*.py")).name
    # Its file's number, the highest: that is how a start knows, without Alembic, that there is nothing to do.
    assert schema.heads(service) == (newest.split("_")[0],)


def test_the_migrated_database_matches_the_models(name: str, harness: HarnessFactory, database_url: str) -> None:
    runtime = harness(services.load(name), database_url).runtime
    assert schema.is_current(runtime)
    assert schema.differences(runtime) == []
