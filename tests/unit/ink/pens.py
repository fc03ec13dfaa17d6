"""Pens for tests: the synthetic signatures of the tour, and traces made of numbers."""

from collections.abc import Iterable
from dataclasses import replace

from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import Sample
from smartclient.ink.trace import Trace
from tour import synthetic_pen

TRACES = synthetic_pen.TRACES
SIGNATURES = ("petr", "lenka", "jana")

PAD = replace(synthetic_pen.PAD, driver="test")


def recorded(name: str) -> Trace:
    """A synthetic signature of the tour."""
    return Trace.from_csv((TRACES / f"{name}.csv").read_text(encoding="utf-8"), name)


def drawn(
    places: Iterable[tuple[int, int]], *, period_us: int = 5_000, contact: bool = True
) -> Trace:
    """One stroke through the places, in pad units, at an even rate."""
    samples = tuple(
        Sample(at * period_us, x, y, 500 if contact else 0, contact)
        for at, (x, y) in enumerate(places)
    )
    return Trace(PAD, samples)


def captured(trace: Trace) -> CaptureBuffer:
    """The trace as it lies in a buffer while somebody signs."""
    buffer = CaptureBuffer(trace.description)
    for sample in trace.samples:
        buffer.add(sample)
    return buffer
