"""Which pad is signed on: the first kind of the configuration that is there.

    plugged         pads that are plugged in: Wacom STU, and those of further drivers
    replay:FOLDER   recorded pens, for the tour and for practice; never in production
    onscreen        this screen: in practice, and where the signing component allows it

A kind that is not there gives way to the next one; when none is, the first one says why. Which
models may be used, and which drivers are loaded, stands in the signed signing component; a
development install also loads drivers of other distributions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from smartclient.app.signing_part import is_installed
from smartclient.domain.errors import NotAllowed, SmartClientError, Unreachable
from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import SigningRules
from smartclient.ink.port import Pad, PadButton, PadDescription, PadEvent, PadPicture
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.ui.onscreen_pad import OnScreenPad

if TYPE_CHECKING:
    from smartclient.signpad.hid import HidBus

PLUGGED = "plugged"
ON_SCREEN = "onscreen"
REPLAY = "replay:"
_READING_SECONDS = 0.6
_SCREEN = 320, 200


class TracePad:
    """A pad on which each signature is the next trace of a list, for the tour and for practice.

    It has the screen of an STU-430; what is read on it is left by the button in the window.
    """

    def __init__(self, traces: Sequence[Trace]) -> None:
        self._pads = cycle([ReplayPad(trace) for trace in traces])
        self._stopped = Event()
        self._pad = next(self._pads)
        self._used = False
        self._shown: PadPicture | None = None

    @property
    def description(self) -> PadDescription:
        """The pad of the trace whose turn it is, as large as an STU-430 (96 x 60 mm)."""
        told = self._pad.description
        wide, high = round(told.units_per_mm_x * 96), round(told.units_per_mm_y * 60)
        screen_width, screen_height = _SCREEN
        return replace(
            told,
            max_x=max(told.max_x, wide),
            max_y=max(told.max_y, high),
            screen_width=screen_width,
            screen_height=screen_height,
        )

    def show(self, picture: PadPicture, buttons: Sequence[PadButton]) -> None:
        """Show the picture; nobody touches its buttons."""
        del buttons
        self._shown = picture

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None

    def open(self) -> None:
        """Nothing has to be taken."""

    def close(self) -> None:
        """End a replay that still runs."""
        self._pad.close()

    def start(self) -> Iterator[PadEvent]:
        """The reports of the next trace, once the person has read what the pad says."""
        self._stopped.clear()
        if self._shown is not None and self._shown.to_read:
            return self._nothing()
        if self._used:
            self._pad = next(self._pads)
        self._used = True
        return self._events(self._pad)

    def stop(self) -> None:
        """End the replay."""
        self._stopped.set()
        self._pad.stop()

    def _nothing(self) -> Iterator[PadEvent]:
        """Nobody writes while it is read."""
        self._stopped.wait()
        yield from ()

    def _events(self, pad: ReplayPad) -> Iterator[PadEvent]:
        if not self._stopped.wait(_READING_SECONDS):
            yield from pad.start()


def pad_chooser(
    kinds: Sequence[str],
    component: Callable[[], Mapping[str, bytes]],
    mode: Mode,
    bus: "Callable[[], HidBus] | None" = None,
    serial: str = "",
) -> Callable[[OnScreenPad], Pad]:
    """How the ceremony gets its pad; raises what the first kind that is not there says.

    Without the signing part there is no pad at all: NotAllowed SC-SIGN-070. `component` gives the
    verified files of the signing component; it is asked each time, because a synchronisation may
    have brought a newer one. `serial` is that of the one pad that is used of those plugged in.
    """
    is_practice = mode is Mode.PRACTICE
    replayed = next((kind for kind in kinds if is_practice and kind.startswith(REPLAY)), None)
    replay = TracePad(_traces(replayed)) if replayed else None
    plugged = _plugged(component, mode, bus, serial)

    def choose(onscreen: OnScreenPad) -> Pad:
        if plugged is None:
            raise NotAllowed("SC-SIGN-070")
        problem: SmartClientError = Unreachable("SC-SIGN-001")
        for place, kind in enumerate(kinds):
            if kind == ON_SCREEN and _may_be_the_screen(mode, component):
                return onscreen
            if replay is not None and kind == replayed:
                return replay
            if kind == PLUGGED:
                try:
                    return plugged()
                except SmartClientError as why:
                    problem = why if place == 0 else problem
        raise problem

    return choose


def _may_be_the_screen(mode: Mode, component: Callable[[], Mapping[str, bytes]]) -> bool:
    """A mouse tells no pressure, so in production the insurer decides in the signed component."""
    return mode is Mode.PRACTICE or SigningRules.from_files(component()).on_screen_pad


def _plugged(
    component: Callable[[], Mapping[str, bytes]],
    mode: Mode,
    bus: "Callable[[], HidBus] | None",
    serial: str,
) -> Callable[[], Pad] | None:
    """How a pad that is plugged in is chosen; None without the signing part."""
    if not is_installed():
        return None
    from smartclient.app.plugged_pads import PluggedPads
    from smartclient.signpad.hid import system_bus

    return PluggedPads(component, mode, bus or system_bus, serial).choose


def _traces(kind: str) -> list[Trace]:
    """The traces of a folder in the order of their names."""
    paths = sorted(Path(kind.removeprefix(REPLAY)).glob("*.csv"))
    return [Trace.from_csv(path.read_text(encoding="utf-8"), path.name) for path in paths]
