"""Pens for tests: the synthetic signatures of the tour, and traces made of numbers."""

from collections.abc import Iterable
from pathlib import Path

from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import PadDescription, Sample
from smartclient.ink.trace import Trace

TRACES = Path(__file__).parents[3] / "tour" / "traces"
SIGNATURES = ("petr", "lenka", "jana")

PAD = PadDescription(
    driver="test",
    model="STU-430",
    serial="",
    firmware="",
    units_per_mm_x=100.0,
    units_per_mm_y=100.0,
    max_x=9600,
    max_y=6000,
    max_pressure=1023,
    nominal_rate=200,
    has_device_time=True,
)


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
