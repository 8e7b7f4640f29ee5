"""A service's migrations run once a test process; later tests get copies of what they made.

Migrating is half a second on PostgreSQL and a tenth on SQLite, a thousand times; a copy is a fifth of that.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text

from chassis import ids, migrations
from chassis.runtime import Runtime

_folder = tempfile.TemporaryDirectory(prefix="bailleurs-templates-")
_files: dict[str, Path] = {}
# (server, service) → name
_databases: dict[tuple[str, str], str] = {}


def lay(runtime: Runtime) -> None:
    """Gives an empty database the schema, and the rows that come with it; migrates one that holds something."""
    key = f"{runtime.name} {runtime.service.migrations}"
    if runtime.engine.dialect.name == "postgresql":
        _lay_database(runtime, key)
    else:
        _lay_file(runtime, key)


def _lay_file(runtime: Runtime, key: str) -> None:
    file = Path(runtime.engine.url.database or "")
    fresh = not file.exists()
    if fresh and key in _files:
        shutil.copyfile(_files[key], file)
        return
    migrations.upgrade(runtime)
    if fresh:
        _files[key] = Path(_folder.name) / f"{len(_files)}.sqlite3"
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(_files[key])) as target:
            source.backup(target)


def _lay_database(runtime: Runtime, key: str) -> None:
    fresh = not inspect(runtime.engine).get_table_names()
    name, place = str(runtime.engine.url.database), (_server(runtime.engine), key)
    if not fresh:
        migrations.upgrade(runtime)
        return
    if place not in _databases:
        migrations.upgrade(runtime)
        runtime.engine.dispose()
        _databases[place] = f"template_{ids.new_id().hex}"
        _execute(place[0], f'CREATE DATABASE "{_databases[place]}" TEMPLATE "{name}"')
        return
    # Only a database that nobody is connected to can be copied over.
    runtime.engine.dispose()
    _execute(place[0], f'DROP DATABASE "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{_databases[place]}"')


def forget() -> None:
    """Drops the databases that were copied from: a server that was given outlives the tests."""
    while _databases:
        (server, _key), name = _databases.popitem()
        _execute(server, f'DROP DATABASE "{name}"')


def _server(engine: Engine) -> str:
    return engine.url.set(database="postgres").render_as_string(hide_password=False)


def _execute(server: str, *statements: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()
