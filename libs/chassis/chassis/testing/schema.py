"""Schema checks used only by tests."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from chassis import migrations
from chassis.runtime import Runtime, Service


def heads(service: Service) -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(migrations.config(service)).get_heads())


def is_current(runtime: Runtime) -> bool:
    with runtime.engine.execution_options(reading=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == heads(runtime.service)


def differences(runtime: Runtime) -> list[Any]:
    """The differences between the models and the migrated database; empty when they match."""
    with runtime.engine.execution_options(reading=True).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, runtime.service.metadata))
