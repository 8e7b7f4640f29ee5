"""W3C trace context through HTTP and events, with OpenTelemetry; exported only if an endpoint is configured."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

_tracer = trace.get_tracer("chassis")


def configure(name: str) -> None:
    """Called once per process. Spans are exported only when ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set."""
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Brings protobuf and its own HTTP client: imported only when spans are exported.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, *, traceparent: str = "") -> Iterator[None]:
    """A span, continuing the given W3C ``traceparent`` (or the current trace when it is empty)."""
    parent = propagate.extract({"traceparent": traceparent}) if traceparent else context.get_current()
    # An exception's message may hold personal data, and spans leave the process: only its type is recorded.
    with _tracer.start_as_current_span(
        name, context=parent, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def current_traceparent() -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")


def current_trace_id() -> str:
    """32 hexadecimal digits; empty outside a trace."""
    spanning = trace.get_current_span().get_span_context()
    return f"{spanning.trace_id:032x}" if spanning.is_valid else ""


def outgoing_headers(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Headers that propagate the trace to another service."""
    headers = dict(extra or {})
    propagate.inject(headers)
    return headers
