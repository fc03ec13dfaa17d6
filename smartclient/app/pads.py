"""Which pad is signed on: the first kind of the configuration that is there.

    plugged         pads that are plugged in: Wacom STU, and those of further drivers
    replay:FOLDER   recorded pens, for the tour and for practice
    onscreen        this screen, for practice; an insurer may allow it

A kind that is not there gives way to the next one; when none is, the first one says why. Which
models may be used, and which drivers are loaded, stands in the signed signing component; a
development install also loads drivers of other distributions.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import cycle
from pathlib import Path
from threading import Event

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.domain.mode import Mode
from smartclient.ink.port import Pad, PadDescription, PadEvent
from smartclient.ink.replay import ReplayPad
from smartclient.ink.trace import Trace
from smartclient.signpad.drivers import (
    GROUP,
    PadDriver,
    choose,
    installed_drivers,
    signed_drivers,
)
from smartclient.signpad.hid import HidBus, system_bus
from smartclient.ui.onscreen_pad import OnScreenPad
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, listed, mapping

PLUGGED = "plugged"
ON_SCREEN = "onscreen"
REPLAY = "replay:"
COMPONENT_FILE = "component.json"
_MOST_MODELS = 50
_READING_SECONDS = 0.6


class TracePad:
    """A pad on which each signature is the next trace of a list, for the tour and for practice."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        self._pads = cycle([ReplayPad(trace) for trace in traces])
        self._stopped = Event()
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
        """The reports of the next trace, once the person has read what the pad says."""
        if self._used:
            self._pad = next(self._pads)
        self._used = True
        self._stopped.clear()
        return self._events(self._pad)

    def stop(self) -> None:
        """End the replay."""
        self._stopped.set()
        self._pad.stop()

    def _events(self, pad: ReplayPad) -> Iterator[PadEvent]:
        if not self._stopped.wait(_READING_SECONDS):
            yield from pad.start()


def pad_chooser(
    kinds: Sequence[str],
    component: Callable[[], Mapping[str, bytes]],
    mode: Mode,
    bus: Callable[[], HidBus] = system_bus,
) -> Callable[[OnScreenPad], Pad]:
    """How the ceremony gets its pad; raises what the first kind that is not there says.

    `component` gives the verified files of the signing component; it is asked each time, because a
    synchronisation may have brought a newer one.
    """
    replayed = next((kind for kind in kinds if kind.startswith(REPLAY)), None)
    replay = TracePad(_traces(replayed)) if replayed else None
    plugged = PluggedPads(component, mode, bus)

    def choose(onscreen: OnScreenPad) -> Pad:
        problem: SmartClientError = Unreachable("SC-SIGN-001")
        for place, kind in enumerate(kinds):
            if kind == ON_SCREEN:
                return onscreen
            if replay is not None and kind == replayed:
                return replay
            if kind == PLUGGED:
                try:
                    return plugged.choose()
                except SmartClientError as why:
                    problem = why if place == 0 else problem
        raise problem

    return choose


class PluggedPads:
    """The pads that are plugged in, by the drivers of the signing component in force."""

    def __init__(
        self,
        component: Callable[[], Mapping[str, bytes]],
        mode: Mode,
        bus: Callable[[], HidBus] = system_bus,
    ) -> None:
        self._component = component
        self._mode = mode
        self._bus = bus
        self._rules = b""
        self._drivers: tuple[PadDriver, ...] = ()

    def choose(self) -> Pad:
        """The pad to sign on; raises what `signpad.drivers.choose` raises."""
        from smartclient.signpad.discovery import is_remote_session

        files = self._component()
        rules = files.get(COMPONENT_FILE, b"{}")
        if rules != self._rules:
            self._drivers, self._rules = self._load(files, mapping(parse(rules))), rules
        return choose(self._drivers, is_remote=is_remote_session)

    def _load(self, files: Mapping[str, bytes], rules: JsonObject) -> tuple[PadDriver, ...]:
        from smartclient.signpad.discovery import StuPads, serial_ports
        from smartclient.signpad.stu.models import DEFAULT_ALLOWED
        from smartclient.signpad.stu.pad import Surroundings

        named = listed(rules, "pads", str, _MOST_MODELS) if "pads" in rules else DEFAULT_ALLOWED
        own = StuPads(
            self._bus(),
            Surroundings(secrets.token_bytes),
            allowed=named,
            serial_ports=serial_ports,
        )
        sources = mapping(rules.get("drivers", {}), "drivers")
        further = signed_drivers(files, {name: str(file) for name, file in sources.items()}).drivers
        if self._mode is Mode.PRACTICE:
            further += installed_drivers(entry_points(group=GROUP)).drivers
        return (own, *further)


def _traces(kind: str) -> list[Trace]:
    """The traces of a folder in the order of their names."""
    paths = sorted(Path(kind.removeprefix(REPLAY)).glob("*.csv"))
    return [Trace.from_csv(path.read_text(encoding="utf-8"), path.name) for path in paths]
