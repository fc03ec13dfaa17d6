"""Which pad is signed on: the first kind of the configuration that is there.

    stu                  the Wacom STU pads that may be used by default
    stu:STU-430,STU-530  these models only
    replay:FOLDER        recorded pens, for the tour and for practice
    onscreen             this screen, for practice; an insurer may allow it

A kind that is not there gives way to the next one; when none is, the first one says why.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.ink.port import Pad, PadDescription, PadEvent
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.signpad.hid import HidBus, system_bus
from smartclient.ui.onscreen_pad import OnScreenPad

if TYPE_CHECKING:
    from smartclient.signpad.discovery import StuPads

STU = "stu"
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


def pad_chooser(
    kinds: Sequence[str], bus: Callable[[], HidBus] = system_bus
) -> Callable[[OnScreenPad], Pad]:
    """How the ceremony gets its pad; raises what the first kind that is not there says."""
    replayed = next((kind for kind in kinds if kind.startswith(REPLAY)), None)
    replay = TracePad(_traces(replayed)) if replayed else None
    series: dict[str, StuPads] = {}

    def of_kind(kind: str) -> Pad:
        if kind not in series:
            series[kind] = _stu_pads(kind, bus())
        return series[kind].choose()

    def choose(onscreen: OnScreenPad) -> Pad:
        problem: SmartClientError = Unreachable("SC-SIGN-001")
        for place, kind in enumerate(kinds):
            if kind == ON_SCREEN:
                return onscreen
            if replay is not None and kind == replayed:
                return replay
            if kind.partition(":")[0] == STU:
                try:
                    return of_kind(kind)
                except SmartClientError as why:
                    problem = why if place == 0 else problem
        raise problem

    return choose


def _stu_pads(kind: str, bus: HidBus) -> "StuPads":
    from smartclient.signpad.discovery import StuPads, is_remote_session, serial_ports
    from smartclient.signpad.stu.models import DEFAULT_ALLOWED
    from smartclient.signpad.stu.pad import Surroundings

    named = kind.partition(":")[2]
    return StuPads(
        bus,
        Surroundings(secrets.token_bytes),
        allowed=named.split(",") if named else DEFAULT_ALLOWED,
        serial_ports=serial_ports,
        is_remote=is_remote_session,
    )


def _traces(kind: str) -> list[Trace]:
    """The traces of a folder in the order of their names."""
    paths = sorted(Path(kind.removeprefix(REPLAY)).glob("*.csv"))
    return [Trace.from_csv(path.read_text(encoding="utf-8"), path.name) for path in paths]
