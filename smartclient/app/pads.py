"""Which pad is signed on: the first kind of the configuration that is there.

Signing on this screen is for practice only; an insurer may allow it by its own configuration.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from smartclient.domain.errors import Unreachable
from smartclient.ink.port import Pad, PadDescription, PadEvent
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.ui.onscreen_pad import OnScreenPad

ON_SCREEN = "onscreen"
REPLAY = "replay:"


class TracePad:
    """A pad on which each signature is the next trace of a list, for the tour and for practice."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        self._pads = cycle([ReplayPad(trace) for trace in traces])
        self._pad = next(self._pads)
        self._used = False

    @property
    def description(self) -> PadDescription:
        """The pad of the trace whose turn it is, as large as an STU-430 (96 x 60 mm)."""
        told = self._pad.description
        wide, high = round(told.units_per_mm_x * 96), round(told.units_per_mm_y * 60)
        return replace(told, max_x=max(told.max_x, wide), max_y=max(told.max_y, high))

    def open(self) -> None:
        """Nothing has to be taken."""

    def close(self) -> None:
        """End a replay that still runs."""
        self._pad.close()

    def start(self) -> Iterator[PadEvent]:
        """The reports of the next trace."""
        if self._used:
            self._pad = next(self._pads)
        self._used = True
        return self._pad.start()

    def stop(self) -> None:
        """End the replay."""
        self._pad.stop()


def pad_chooser(kinds: Sequence[str]) -> Callable[[OnScreenPad], Pad]:
    """How the ceremony gets its pad; what it returns raises Unreachable SC-SIGN-001 if none is."""
    replayed = next((kind for kind in kinds if kind.startswith(REPLAY)), None)
    replay = TracePad(_traces(replayed)) if replayed else None

    def choose(onscreen: OnScreenPad) -> Pad:
        if replay is not None:
            return replay
        if ON_SCREEN in kinds:
            return onscreen
        raise Unreachable("SC-SIGN-001")

    return choose


def _traces(kind: str) -> list[Trace]:
    """The traces of a folder in the order of their names."""
    paths = sorted(Path(kind.removeprefix(REPLAY)).glob("*.csv"))
    return [Trace.from_csv(path.read_text(encoding="utf-8"), path.name) for path in paths]
