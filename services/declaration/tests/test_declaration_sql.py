"""SQL of our own for both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import RFC_4122, UUID

from chassis import clock
from declaration.sql import new_id
from sqlalchemy import func, select

ROWS = 5_000


def test_identifiers_made_by_the_database_are_version_7_all_different_and_rise_from_row_to_row(world: Any) -> None:
    rows = func.json_each("[" + ",".join("0" * ROWS) + "]").table_valued("value")
    if world.harness.runtime.engine.dialect.name == "postgresql":
        rows = func.generate_series(1, ROWS).table_valued("value")
    with world.harness.runtime.read_only() as session:
        made: list[UUID] = list(session.execute(select(new_id()).select_from(rows)).scalars())
    assert made == sorted(set(made))
    assert len(made) == ROWS
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    for each in (made[0], made[-1]):
        at = datetime.fromtimestamp((each.int >> 80) / 1000, UTC)
        assert abs(at - clock.now()) < timedelta(minutes=5)
    assert len({each.int & ((1 << 62) - 1) for each in made}) == ROWS
