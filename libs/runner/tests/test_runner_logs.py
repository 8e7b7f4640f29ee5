"""Logs tell what happened, in one form, without names, secrets or what exceptions say."""

import io
import logging
from typing import Any

import pytest
import structlog
from chassis import tracing
from runner import logs

SECRET = "Le Goff"


def test_a_line_is_json_with_its_level_and_its_time_in_utc(logged: Any) -> None:
    structlog.get_logger().info("event handled", service="identity")
    (line,) = logged()
    assert (line["event"], line["level"], line["service"]) == ("event handled", "info", "identity")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_logs_in_the_same_form(logged: Any) -> None:
    logging.getLogger("granian").warning("worker %s stopped", 3)
    (line,) = logged()
    assert (line["event"], line["level"]) == ("worker 3 stopped", "warning")


def test_a_line_within_a_request_has_its_trace_and_its_id(logged: Any) -> None:
    with tracing.span("x"), structlog.contextvars.bound_contextvars(request_id="request-1"):
        structlog.get_logger().info("x")
        trace = tracing.current_trace_id()
    assert (logged()[0]["trace_id"], logged()[0]["request_id"]) == (trace, "request-1")


def test_a_line_outside_a_request_has_none(logged: Any) -> None:
    structlog.get_logger().info("x")
    assert "trace_id" not in logged()[0]


@pytest.mark.parametrize("name", sorted(logs._PRIVATE))
def test_private_names_are_hidden_whoever_passes_them(logged: Any, name: str) -> None:
    structlog.get_logger().info("x", **{name: SECRET})
    assert logged()[0][name] == "[hidden]"


def test_the_list_of_private_names_covers_people_and_secrets() -> None:
    must = {"password", "login", "token", "email", "address", "personal", "secret", "authorization", "cookie"}
    assert must | {"last_name", "first_name"} <= logs._PRIVATE


def fail() -> None:
    raise ValueError(f"{SECRET} lives at 2 place des Lices")


@pytest.mark.parametrize("log", [structlog.get_logger(), logging.getLogger("theirs")], ids=["ours", "theirs"])
def test_an_exception_is_told_by_its_kind_and_place_never_by_its_message(logged: Any, log: Any) -> None:
    try:
        fail()
    except ValueError:
        log.exception("it broke")
    (line,) = logged()
    assert line["error"] == "ValueError"
    assert any(frame.endswith(" fail") for frame in line["frames"])
    assert SECRET not in str(line)
    assert "Lices" not in str(line)


def test_the_cause_of_an_exception_is_not_quoted_either(logged: Any) -> None:
    try:
        try:
            fail()
        except ValueError as cause:
            raise RuntimeError("wrapped") from cause
    except RuntimeError as error:
        logging.getLogger("theirs").error("it broke", exc_info=error)
    assert SECRET not in str(logged())
    assert logged()[0]["error"] == "RuntimeError"


def test_a_line_without_exception_has_no_error(logged: Any) -> None:
    logging.getLogger("theirs").error("x", exc_info=False)
    logging.getLogger("theirs").error("x", exc_info=True)
    assert [line.get("error") for line in logged()] == [None, None]


@pytest.mark.parametrize("name", ["connexion.validators", "httpx", "amqp", "kombu.connection", "alembic.runtime"])
def test_libraries_that_quote_what_they_refuse_are_silent_below_errors(logged: Any, name: str) -> None:
    logging.getLogger(name).warning("refused value: %s", SECRET)
    logging.getLogger(name).info(SECRET)
    assert logged() == []


def test_what_is_below_the_level_is_not_written(logged: Any) -> None:
    structlog.get_logger().debug("x")
    assert logged() == []


def test_at_a_terminal_lines_are_readable_and_say_no_more(log_stream: io.StringIO) -> None:
    logs.configure("text")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("it broke", email=SECRET)
    assert "it broke" in log_stream.getvalue()
    assert SECRET not in log_stream.getvalue()
