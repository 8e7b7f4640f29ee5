"""SELECTs of hot answers: SQLAlchemy writes each once, and the driver executes it on SQLAlchemy's connection.

Executing through SQLAlchemy costs four times as much for a statement that finds one row. Types, pool, transactions and
errors are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any, TypeVarTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Row, Select
from sqlalchemy.engine import result_tuple

Columns = TypeVarTuple("Columns")
# Given the driver's connection and the parameters.
_Run = Callable[[Any, Mapping[str, Any]], Any]
# By dialect; goes with the statement.
_known: WeakKeyDictionary[Any, dict[str, _Run]] = WeakKeyDictionary()


def rows(connection: Connection, statement: Select[*Columns], parameters: Mapping[str, Any]) -> Sequence[Row[*Columns]]:
    """What a statement finds that is built once. Raises what SQLAlchemy raises, KeyError for a missing parameter."""
    dialect, of_statement = connection.dialect, _known.setdefault(statement, {})
    run = of_statement.get(dialect.name) or of_statement.setdefault(dialect.name, _prepared(statement, dialect))
    # Those who listen to statements hear of SQLAlchemy's only; and in a transaction the first error is the one to tell.
    if not (connection.dispatch.before_cursor_execute or connection.in_transaction()):
        # SQLAlchemy knows how to fail: it gives up a lost connection and wraps the error. It fails again below.
        with suppress(dialect.loaded_dbapi.Error):
            return run(connection.connection.dbapi_connection, parameters)  # type: ignore[no-any-return]  # by its columns
    return connection.execute(statement, parameters).all()


def _prepared(statement: Select[*tuple[Any, ...]], dialect: Dialect) -> _Run:
    compiled: Any = statement.compile(dialect=dialect)
    named = {bind.key for bind in compiled.binds.values() if bind.required}
    # Its lists of constants written out.
    whole = compiled.construct_expanded_state(dict.fromkeys(named))
    writers = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    convert = {name: made for name, made in (writers | whole.processors).items() if made}

    def bound(given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: convert[name](value) if name in convert else value for name, value in given.items()}

    constants = bound(whole.parameters)
    places, columns = whole.positiontup, list(statement.selected_columns)
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    converted = [(place, reader) for place, reader in enumerate(readers) if reader]
    row = result_tuple([column.key or "" for column in columns])

    def run(driver: Any, given: Mapping[str, Any]) -> list[Row[Any]]:
        values = constants | bound({name: given[name] for name in named})
        with closing(driver.cursor()) as cursor:
            cursor.execute(whole.statement, values if places is None else [values[name] for name in places])
            found = [list(each) for each in cursor.fetchall()]
        for place, reader in converted:
            for each in found:
                each[place] = reader(each[place])
        return [row(each) for each in found]

    return run
