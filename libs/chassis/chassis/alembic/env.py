"""Alembic's environment for every service: the connection and the models come from `chassis.migrations`."""

from typing import Any, Literal

from alembic import context
from chassis.db import Euros, Json, UtcDateTime

connection = context.config.attributes["connection"]


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations name plain column types, not ours: ours may change later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Euros):
        return "sa.BigInteger()"
    if kind == "type" and item is Json:
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_item=render_item,
    # SQLite cannot alter a column in place.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
