"""The pads that are plugged in; there are some only where the signing part is installed."""

import secrets
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.domain.mode import Mode
from smartclient.dossier.signing_rules import FILE, SigningRules
from smartclient.ink.port import Pad
from smartclient.signpad.discovery import StuPads, is_remote_session, serial_ports
from smartclient.signpad.drivers import (
    GROUP,
    LoadedDrivers,
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
        serial: str = "",
    ) -> None:
        """`serial` is that of the pad to use; empty for the first that may be used."""
        self._component = component
        self._mode = mode
        self._bus = bus
        self._serial = serial
        self._loaded_from: tuple[bytes | None, ...] = ()
        self._loaded = LoadedDrivers()

    def choose(self) -> Pad:
        """The pad to sign on; raises what `signpad.drivers.choose` raises.

        Where no pad is found and a driver could not be loaded: NotAllowed SC-SIGN-065 names it.
        """
        self._load_what_is_in_force()
        try:
            return choose(self._loaded.drivers, self._serial, is_remote=is_remote_session)
        except Unreachable as nothing:
            if nothing.code != "SC-SIGN-001" or not self._loaded.failed:
                raise
            names = ", ".join(each.name for each in self._loaded.failed)
            raise NotAllowed("SC-SIGN-065", driver=names) from nothing

    def _load_what_is_in_force(self) -> None:
        """Load the drivers again when the component's rules or the bytes of a driver changed."""
        files = self._component()
        rules = SigningRules.from_files(files)
        named = [FILE, *sorted(rules.drivers.values())]
        source = tuple(files.get(name) for name in named)
        if source != self._loaded_from:
            self._loaded, self._loaded_from = self._load(files, rules), source

    def _load(self, files: Mapping[str, bytes], rules: SigningRules) -> LoadedDrivers:
        own = StuPads(
            self._bus(),
            Surroundings(secrets.token_bytes, allow_plain=rules.allow_plain),
            allowed=DEFAULT_ALLOWED if rules.pads is None else rules.pads,
            serial_ports=serial_ports,
        )
        further = [signed_drivers(files, rules.drivers)]
        if self._mode is Mode.PRACTICE:
            further.append(installed_drivers(entry_points(group=GROUP)))
        return LoadedDrivers(
            (own, *(driver for each in further for driver in each.drivers)),
            tuple(failed for each in further for failed in each.failed),
        )
