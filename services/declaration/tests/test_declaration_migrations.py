"""Databases that hold something: what upgrades keep, and what stops them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic import command
from chassis import migrations
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.settings import Settings
from declaration.app import service
from declaration.models import Dwelling, Landlord, Tenancy
from sqlalchemy import insert, select, text

# As the tables were then: without what later migrations add.
ROWS: dict[Any, dict[str, Any]] = {
    Landlord.__table__: {
        "user_number": "35900007090001",
        "kind": "natural_person",
        "name": "Mme Zoé MARTIN",
        "address": [],
        "version": 1,
        "told_version": 1,
    },
    Dwelling.__table__: {
        "reference": "L-1",
        "housing_type": "private",
        "address": [],
        "commune_insee": "35238",
        "departement": "35",
        "furnished": False,
        "single_room": False,
        "search": "l-1",
    },
    Tenancy.__table__: {
        "tenant_number": "1234567A",
        "tenant_last_name": "DEUJOURS",
        "tenant_first_name": "Adam",
        "lease_start": date(2016, 9, 1),
        "co_tenants": 1,
        "benefit_kind": "ALS",
        "sort_key": "deujours adam",
        "search": "deujours adam",
    },
}
FOLLOWED = {"declarations_follow_tenancy", "declarations_follow_dwelling", "declarations_follow_landlord"}
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger",
}


@pytest.fixture
def old(database_url: str) -> Iterator[Runtime]:
    """As it was when two Cafs could register one user number."""
    runtime = Runtime(service, Settings(service="declaration", database_url=database_url))
    with runtime.engine.begin() as connection:
        command.upgrade(migrations.config(service, connection), "0019")
    yield runtime
    runtime.dispose()


def fill(runtime: Runtime, *cafs: str) -> None:
    """A tenancy of the same user number at each of these Cafs."""
    with runtime.engine.begin() as connection:
        for caf in cafs:
            ids = {name: new_id() for name in ("landlord", "dwelling", "tenancy")}
            for table, values in ROWS.items():
                owners = {f"{owner}_id": ids[owner] for owner in ids if f"{owner}_id" in table.columns}
                codes = {"caf_code": caf, "organisation_id": new_id()} if table.name == "landlord" else {}
                connection.execute(insert(table).values(**values, **owners, **codes, id=ids[table.name]))


def triggers(runtime: Runtime) -> set[str]:
    with runtime.engine.connect() as connection:
        return set(connection.execute(text(TRIGGERS[connection.dialect.name])).scalars())


def test_an_upgrade_keeps_the_portfolio_and_what_follows_it(old: Runtime) -> None:
    fill(old, "359")
    before = triggers(old)
    assert before >= FOLLOWED
    migrations.upgrade(old)
    assert triggers(old) == before
    with old.engine.connect() as connection:
        joined = select(Tenancy.id).join(Dwelling).join(Landlord)
        assert len(connection.execute(joined).all()) == 1


def test_a_user_number_of_two_cafs_stops_the_upgrade_before_anything_has_changed(old: Runtime) -> None:
    fill(old, "359", "569")
    with pytest.raises(ValueError, match="35900007090001"):
        migrations.upgrade(old)
    with old.engine.connect() as connection:
        assert len(connection.execute(select(Landlord.__table__.c.id)).all()) == 2
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0019"
