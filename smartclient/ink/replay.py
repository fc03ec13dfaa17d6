"""A pad that replays a trace: for the tour, for practice and for tests. No driver of a device."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event

from smartclient.ink.port import Disconnected, PadDescription, PadEvent
from smartclient.ink.trace import Trace


def at_once(_seconds: float) -> None:
    """Do not wait between reports."""


class ReplayPad:
    """The port's pad on a recorded trace; each `start` gives the trace once and then `after`.

    `wait` is called with the seconds to the next report; pass `time.sleep` to draw as fast as the
    person did. With `lost_after` the pad goes away after so many reports.
    """

    def __init__(
        self,
        trace: Trace,
        *,
        after: tuple[PadEvent, ...] = (),
        wait: Callable[[float], None] = at_once,
        lost_after: int | None = None,
    ) -> None:
        self._trace = trace
        self._after = after
        self._wait = wait
        self._lost_after = lost_after
        self._stopped = Event()

    @property
    def description(self) -> PadDescription:
        """The pad of the trace; its size is what the trace needs where the trace does not say."""
        told = self._trace.description
        samples = [sample for sample in self._trace.samples if sample.in_range]
        return replace(
            told,
            driver="replay",
            max_x=told.max_x or max((sample.x for sample in samples), default=0),
            max_y=told.max_y or max((sample.y for sample in samples), default=0),
        )

    def open(self) -> None:
        """Nothing has to be taken."""

    def close(self) -> None:
        """End a replay that still runs."""
        self.stop()

    def start(self) -> Iterator[PadEvent]:
        """The reports of the trace, until it ends or `stop` is called."""
        self._stopped.clear()
        last_us = self._trace.samples[0].t_us if self._trace.samples else 0
        for number, sample in enumerate(self._trace.samples):
            if number == self._lost_after:
                yield Disconnected()
                return
            self._wait((sample.t_us - last_us) / 1_000_000)
            last_us = sample.t_us
            if self._stopped.is_set():
                return
            yield sample
        yield from self._after

    def stop(self) -> None:
        """End the replay after the report that is under way."""
        self._stopped.set()
