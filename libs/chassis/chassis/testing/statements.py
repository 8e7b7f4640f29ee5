"""SQL compiled once per test process: SQLAlchemy keeps it with an engine, and each test has an engine of its own."""

from sqlalchemy import Engine

# Of each database server, the first engine that connected.
_first: dict[str, Engine] = {}


def shared(engine: Engine) -> Engine:
    """The engine, with whatever another test has compiled, as production's one engine would have by now."""
    server = engine.url.set(database="").render_as_string(hide_password=False)
    if server not in _first:
        # A dialect knows its server from the first connection on.
        engine.connect().close()
        _first[server] = engine
    engine.dialect = _first[server].dialect
    engine._compiled_cache = _first[server]._compiled_cache
    return engine
