"""Traces follow a request through HTTP and events, and hold no personal data."""

import pytest
from chassis import tracing
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    exporter.clear()
    return exporter


def test_outside_a_span_there_is_no_trace() -> None:
    assert tracing.current_trace_id() == ""
    assert tracing.current_traceparent() == ""


def test_a_span_has_a_trace_id_and_a_traceparent_that_holds_it() -> None:
    with tracing.span("x"):
        assert len(tracing.current_trace_id()) == 32
        assert tracing.current_trace_id() in tracing.current_traceparent()
    assert tracing.current_trace_id() == ""


def test_a_given_traceparent_is_continued() -> None:
    with tracing.span("x", traceparent=PARENT):
        assert tracing.current_trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("bad", ["x", "00-0-0-0", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é", "99" * 40])
def test_a_traceparent_that_is_none_starts_a_trace_of_its_own(bad: str) -> None:
    with tracing.span("x", traceparent=bad):
        assert len(tracing.current_trace_id()) == 32


def test_spans_inside_each_other_share_the_trace(spans: InMemorySpanExporter) -> None:
    with tracing.span("outer"), tracing.span("inner"):
        pass
    inner, outer = spans.get_finished_spans()
    assert (inner.name, outer.name) == ("inner", "outer")
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id


def test_headers_carry_the_trace_on() -> None:
    with tracing.span("x"):
        headers = tracing.outgoing_headers({"Accept": "application/json"})
        assert headers["Accept"] == "application/json"
        assert headers["traceparent"] == tracing.current_traceparent()


def test_an_error_marks_the_span_with_its_kind_and_never_with_its_message(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), tracing.span("x"):
        raise ValueError("Mme Le Goff, 2 place des Lices")
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ValueError"
    assert "Le Goff" not in span.to_json()
