"""Guards over the migrations: one head a service, and the migrated database is what the models say."""

import pytest
from chassis.testing import schema
from chassis.testing.plugin import HarnessFactory

from launcher import services

pytestmark = pytest.mark.parametrize("name", services.NAMES)


def test_a_service_has_one_migration_head(name: str) -> None:
    assert len(schema.heads(services.load(name))) == 1


def test_the_migrated_database_matches_the_models(name: str, harness: HarnessFactory, database_url: str) -> None:
    runtime = harness(services.load(name), database_url).runtime
    assert schema.is_current(runtime)
    assert schema.differences(runtime) == []
