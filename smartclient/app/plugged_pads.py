"""The pads that are plugged in; there are some only where the signing part is installed."""

import secrets
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Final

from smartclient.domain.mode import Mode
from smartclient.ink.port import Pad
from smartclient.signpad.discovery import StuPads, is_remote_session, serial_ports
from smartclient.signpad.drivers import (
    GROUP,
    PadDriver,
    choose,
    installed_drivers,
    signed_drivers,
)
from smartclient.signpad.hid import HidBus, system_bus
from smartclient.signpad.stu.models import DEFAULT_ALLOWED
from smartclient.signpad.stu.pad import Surroundings
from smartclient.wire.encoding import parse
from smartclient.wire.messages import JsonObject, listed, mapping

COMPONENT_FILE: Final = "component.json"
_MOST_MODELS: Final = 50


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
        files = self._component()
        rules = files.get(COMPONENT_FILE, b"{}")
        if rules != self._rules:
            self._drivers, self._rules = self._load(files, mapping(parse(rules))), rules
        return choose(self._drivers, is_remote=is_remote_session)

    def _load(self, files: Mapping[str, bytes], rules: JsonObject) -> tuple[PadDriver, ...]:
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
