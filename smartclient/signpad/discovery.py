"""Which pads are there, which of them may be used, and why one that is there may not.

Pads are found by asking again: HID has no message for a pad that comes or goes.
"""

import os
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from smartclient.domain.errors import NotAllowed, SmartClientError, Unreachable
from smartclient.signpad.drivers import OfferedPad
from smartclient.signpad.hid import HidBus, HidEntry
from smartclient.signpad.stu.models import DEFAULT_ALLOWED, VENDOR, Model, model_of
from smartclient.signpad.stu.pad import DRIVER, StuPad, Surroundings

_PLACEHOLDERS: Final = frozenset({"", "0", "000000", "Reserved", "0x0"})
"""Serial numbers of pads that have none of their own."""
_REMOTE_SESSION: Final = 0x1000


class StuPads:
    """The STU pads of this computer."""

    def __init__(
        self,
        bus: HidBus,
        around: Surroundings,
        *,
        allowed: Collection[str] = DEFAULT_ALLOWED,
        serial_ports: Callable[[], Collection[tuple[int, int]]] = tuple,
    ) -> None:
        """`allowed` are the models that the signed set names.

        `serial_ports` gives vendor and product of what is plugged in as a serial port.
        """
        self._bus = bus
        self._around = around
        self._allowed = frozenset(allowed)
        self._serial_ports = serial_ports
        self._known: list[_Known] = []

    @property
    def name(self) -> str:
        """As it stands in the record of a signature."""
        return DRIVER

    def pads(self) -> tuple[OfferedPad, ...]:
        """Every pad that is plugged in, also those that cannot be used, with the reason.

        The problems are NotAllowed SC-SIGN-061 (its model may not be used), SC-SIGN-062 (it is
        switched to a serial port) and SC-SIGN-064 (a model that this driver does not know).
        """
        there = [self._offered(entry, model) for entry, model in self._entries()]
        for vendor, product in self._serial_ports():
            model = model_of(product) if vendor == VENDOR else None
            if model is not None and model.may_be_serial:
                problem = NotAllowed("SC-SIGN-062", model=model.name)
                there.append(OfferedPad(f"serial-{product:04x}", model.name, "", problem=problem))
        return tuple(there)

    def _offered(self, entry: HidEntry, model: Model) -> OfferedPad:
        problem = self._problem(model)
        pad = self._pad(entry, model) if problem is None else None
        return OfferedPad(entry.path.hex(), model.name, _own_serial(entry), pad, problem)

    def _entries(self) -> list[tuple[HidEntry, Model]]:
        entries = ((entry, model_of(entry.product)) for entry in self._bus.entries(VENDOR))
        return [(entry, model) for entry, model in entries if model is not None]

    def _problem(self, model: Model) -> SmartClientError | None:
        if not model.is_driven:
            return NotAllowed("SC-SIGN-064", model=model.name)
        if _family(model.name) not in self._allowed:
            return NotAllowed("SC-SIGN-061", model=model.name)
        return None

    def _pad(self, entry: HidEntry, model: Model) -> StuPad:
        """The same one as before for a pad that stayed, or that was plugged in elsewhere."""
        alike = [each for each in self._known if _are_alike(each.entry, entry)]
        same = next((each for each in alike if each.entry.path == entry.path), None)
        moved = next((each for each in alike if not self._bus.is_there(each.entry)), None)
        known = same or moved
        if known is None:
            known = _Known(entry)
            self._known.append(known)
        known.entry = entry
        if known.pad is None:
            known.pad = StuPad(self._bus, model, partial(self._locate, known), self._around)
        return known.pad

    def _locate(self, known: "_Known") -> HidEntry:
        """The same pad, which has another path after it was plugged in again."""
        alike = [each for each in self._bus.entries(VENDOR) if _are_alike(each, known.entry)]
        others = {each.entry.path for each in self._known if each is not known}
        there = [each for each in alike if each.path == known.entry.path]
        free = [each for each in alike if each.path not in others]
        if not there and not free:
            raise Unreachable("SC-SIGN-001")
        known.entry = (there or free)[0]
        return known.entry


@dataclass(slots=True)
class _Known:
    """A pad and the place where it was seen last."""

    entry: HidEntry
    pad: StuPad | None = None


def _are_alike(one: HidEntry, other: HidEntry) -> bool:
    """Whether they may be one pad: several models all have the same placeholder for a serial."""
    return (one.product, one.serial) == (other.product, other.serial)


def _family(model: str) -> str:
    """A 430V is a 430 with a serial port."""
    return model.removesuffix("V")


def _own_serial(entry: HidEntry) -> str:
    return "" if entry.serial in _PLACEHOLDERS else entry.serial


def serial_ports() -> tuple[tuple[int, int], ...]:
    """Vendor and product of what is plugged in as a serial port."""
    from serial.tools import list_ports

    return tuple(
        (port.vid, port.pid)
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    )


def is_remote_session(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person sees this computer's screen from another one, where a pad stays behind."""
    if environ.get("SESSIONNAME", "").upper().startswith(("RDP-", "ICA-")):
        return True
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.WinDLL("user32").GetSystemMetrics(_REMOTE_SESSION))
    return "SSH_CONNECTION" in environ
