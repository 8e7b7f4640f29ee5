"""Structured logs without personal data: JSON lines, or readable lines on a terminal."""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from traceback import extract_tb
from typing import Any

import orjson
import structlog
from chassis import tracing

# These libraries log rejected values, addresses or whole requests: personal data in our case.
_TALKATIVE = ("connexion", "httpx", "httpcore", "amqp", "kombu", "fontTools", "authlib", "multipart", "alembic")
# A second protection: these keys never reach a log line, whoever passes them.
_PRIVATE = frozenset(
    {
        *("password", "login", "token", "secret", "authorization", "cookie"),
        *("email", "address", "personal", "last_name", "first_name"),
    }
)


def _with_trace(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if trace_id := tracing.current_trace_id():
        line["trace_id"] = trace_id
    return line


def _drop_private(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in _PRIVATE & line.keys():
        line[name] = "[hidden]"
    return line


def _exception_without_message(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The exception's type and place, never its message: it may quote a name or an address."""
    given = line.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else sys.exception()
    if given and error is not None:
        line["error"] = type(error).__name__
        line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return line


def configure(log_format: str = "json", level: int = logging.INFO) -> None:
    """Called once per process; standard library loggers get the same format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_trace,
        _drop_private,
    ]
    json_lines = log_format == "json"
    renderer: Any = structlog.processors.JSONRenderer(_json) if json_lines else structlog.dev.ConsoleRenderer()
    ending = [_exception_without_message, renderer]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, *ending],
        # Our own lines, one for each request, do not pass through the standard library: that takes twice the time.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _json(line: Mapping[str, Any], default: Callable[[Any], Any], **_options: Any) -> str:
    return orjson.dumps(line, default=default, option=orjson.OPT_NON_STR_KEYS).decode()
