"""The pads that are plugged in; there are some only where the signing part is installed."""

import secrets
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import FILE, SigningRules
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
        rules = files.get(FILE, b"{}")
        if rules != self._rules:
            self._drivers, self._rules = self._load(files, SigningRules.from_files(files)), rules
        return choose(self._drivers, is_remote=is_remote_session)

    def _load(self, files: Mapping[str, bytes], rules: SigningRules) -> tuple[PadDriver, ...]:
        own = StuPads(
            self._bus(),
            Surroundings(secrets.token_bytes),
            allowed=DEFAULT_ALLOWED if rules.pads is None else rules.pads,
            serial_ports=serial_ports,
        )
        further = signed_drivers(files, rules.drivers).drivers
        if self._mode is Mode.PRACTICE:
            further += installed_drivers(entry_points(group=GROUP)).drivers
        return (own, *further)
