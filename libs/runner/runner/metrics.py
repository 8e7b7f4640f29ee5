"""Metrics for monitoring: request rates, and the age of everything that can get stuck."""

from collections.abc import Iterable, Iterator

from chassis.runtime import Runtime
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from runner import housekeeping


class Backlogs(Collector):
    """Reads the queues of these services when scraped: an in-memory counter would be wrong after a restart."""

    def __init__(self, runtimes: Iterable[Runtime]) -> None:
        self._runtimes = list(runtimes)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Metric names without querying the databases, which may not answer yet at registration."""
        return (GaugeMetricFamily(name, help_text, labels=["service"]) for name, help_text in _GAUGES)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        rows = [(runtime.name, *values) for runtime in self._runtimes if (values := _read(runtime)) is not None]
        for index, (name, help_text) in enumerate(_GAUGES, start=1):
            family = GaugeMetricFamily(name, help_text, labels=["service"])
            for row in rows:
                family.add_metric([str(row[0])], float(row[index]))
            yield family


_GAUGES = (
    ("bailleurs_outbox_pending", "Events committed and not sent yet"),
    ("bailleurs_outbox_oldest_seconds", "Age of the oldest event not sent yet"),
    ("bailleurs_inbox_pending", "Events received and not handled yet"),
    ("bailleurs_inbox_oldest_seconds", "Age of the oldest event not handled yet"),
    ("bailleurs_inbox_dead", "Events given up, waiting for a person: see bailleurs replay"),
)


def _read(runtime: Runtime) -> tuple[float, float, float, float, float] | None:
    """None while the database is unreachable: a gap in the curve is clearer than a zero."""
    try:
        with runtime.read_only() as session:
            out, into = housekeeping.to_send(session), housekeeping.to_handle(session)
    except SQLAlchemyError:
        return None
    return (out.pending, out.oldest_seconds, into.pending, into.oldest_seconds, into.dead)


def watch(runtimes: Iterable[Runtime]) -> None:
    REGISTRY.register(Backlogs(runtimes))


def render() -> bytes:
    return generate_latest(REGISTRY)
