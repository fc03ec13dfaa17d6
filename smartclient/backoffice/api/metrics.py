"""Counts for Prometheus, one registry a process: each server process is scraped by itself.

Every label is of a set that the program itself bounds: declared routes, statuses, answers, states.
No install, no person, no document is ever a label. What stands in the database is asked for at most
every so often, however many scrape.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from smartclient.backoffice.api.watching import Visit
from smartclient.backoffice.operations.observing_state import State
from smartclient.backoffice.operations.observing_syncs import Notes
from smartclient.domain.clock import Clock
from smartclient.wire.messages import Answer

ASKED_AGAIN_AFTER = 15.0
"""Seconds that what was found in the database is told again."""
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the series
_ANSWERS = frozenset(answer.value for answer in Answer)
OTHER = "other"


class Metrics:
    """Counts what is served; `registry` is what a scraper reads."""

    def __init__(self, routes: Iterable[str], state: Callable[[], State], clock: Clock) -> None:
        """`routes` are the declared addresses: any other is counted as `other`."""
        self._routes = frozenset(routes)
        self.registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "smartclient_requests_total",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "smartclient_request_seconds",
            "How long answering took.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._lines = Counter(
            "smartclient_pushed_lines_total",
            "Pushed lines by their answer; locked and stale are the conflicts.",
            ("answer",),
            registry=self.registry,
        )
        self._rows = Counter(
            "smartclient_pulled_rows_total", "Rows of the feed sent.", registry=self.registry
        )
        self.registry.register(_Stored(state, clock))

    def served(self, visit: Visit, notes: Notes) -> None:
        """Count a request."""
        route = visit.route if visit.route in self._routes else OTHER
        method = visit.method if visit.method in ("GET", "POST", "PUT") else OTHER
        self._requests.labels(method, route, str(visit.status)).inc()
        self._seconds.labels(route).observe(visit.seconds)
        for answer, lines in notes.pushed.items():
            self._lines.labels(answer if answer in _ANSWERS else OTHER).inc(lines)
        if notes.pulled:
            self._rows.inc(notes.pulled)


@dataclass(slots=True)
class _Told:
    at: float
    state: State


class _Stored(Collector):
    """What stands in the database, told again for a while."""

    def __init__(self, state: Callable[[], State], clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._told: _Told | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead: registering must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        with self._lock:
            now = self._clock.monotonic()
            if self._told is None or now - self._told.at >= ASKED_AGAIN_AFTER:
                self._told = _Told(now, self._state())
            state = self._told.state
        for gauge in state.gauges:
            metric = GaugeMetricFamily(
                f"smartclient_{gauge.name}", gauge.about, labels=list(gauge.labels)
            )
            for labels, value in gauge.values:
                metric.add_metric(list(labels), value)
            yield metric
