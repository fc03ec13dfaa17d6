"""Drivers of pads: what each offers, how they are found, and which pad is taken.

In development a driver is any distribution with an entry point in the group `smartclient.pads`. In
production only drivers of the signed set are loaded, because a driver sees the pen before the
sealing. A driver that fails is reported and skipped; the others serve. How to write one:
docs/pad-drivers.md.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Final, Protocol

from smartclient.domain.errors import SmartClientError, Unreachable
from smartclient.ink.port import Pad

GROUP: Final = "smartclient.pads"
FACTORY: Final = "driver"
"""The name of the factory in the module of a signed driver."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OfferedPad:
    """A pad that is plugged in; `pad` is None when it cannot be used, and `problem` says why."""

    id: str
    """Stays the same while the pad is plugged into the same place."""
    model: str
    serial: str
    """Empty where the model has none of its own."""
    pad: Pad | None = None
    problem: SmartClientError | None = None


class PadDriver(Protocol):
    """The pads of one maker."""

    @property
    def name(self) -> str:
        """For messages and for the record of a signature: "wacom-stu"."""

    def pads(self) -> Sequence[OfferedPad]:
        """Every pad that is plugged in now; asked again each time, the same pads stay the same."""


@dataclass(frozen=True, slots=True)
class FailedDriver:
    """A driver that could not be loaded."""

    name: str
    kind: str
    """The kind of the fault; its text may say anything and is not kept."""


@dataclass(frozen=True, slots=True)
class LoadedDrivers:
    """What came of loading."""

    drivers: tuple[PadDriver, ...] = ()
    failed: tuple[FailedDriver, ...] = ()


def installed_drivers(points: Iterable[EntryPoint]) -> LoadedDrivers:
    """The drivers of installed distributions; for development only."""

    def make(point: EntryPoint) -> PadDriver:
        factory: Callable[[], PadDriver] = point.load()
        return factory()

    return _loaded((point.name, partial(make, point)) for point in points)


def signed_drivers(component: Mapping[str, bytes], sources: Mapping[str, str]) -> LoadedDrivers:
    """The drivers of the verified signing component: `sources` are name → file of its archive."""

    def make(name: str, file: str) -> PadDriver:
        module = ModuleType(f"smartclient_pad_{name}")
        sys.modules[module.__name__] = module  # dataclasses look their annotations up there
        try:
            # The bytes are those that the signed set names; nothing else is ever executed here.
            exec(compile(component[file], file, "exec"), module.__dict__)  # noqa: S102
            factory: Callable[[], PadDriver] = module.__dict__[FACTORY]
            return factory()
        except BaseException:
            sys.modules.pop(module.__name__, None)
            raise

    return _loaded((name, partial(make, name, file)) for name, file in sources.items())


def choose(
    drivers: Iterable[PadDriver], serial: str = "", *, is_remote: Callable[[], bool] = lambda: False
) -> Pad:
    """The pad of this serial number, or the first that may be used.

    Raises the problem of a pad that is there and cannot be used; Unreachable SC-SIGN-001 when none
    is there, SC-SIGN-063 when a person sees this computer's screen from another one.
    """
    offered = [pad for driver in drivers for pad in _asked(driver)]
    for each in offered:
        if each.pad is not None and serial in ("", each.serial):
            return each.pad
    for each in offered:
        if each.problem is not None:
            raise each.problem
    raise Unreachable("SC-SIGN-063" if is_remote() else "SC-SIGN-001")


def _asked(driver: PadDriver) -> Sequence[OfferedPad]:
    try:
        return driver.pads()
    except Exception as fault:  # noqa: BLE001 - a driver is foreign code; the others must serve
        told = {"driver": driver.name, "error": type(fault).__name__}
        _log.error("a driver of pads cannot tell its pads", extra=told)
        return ()


def _loaded(makers: Iterable[tuple[str, Callable[[], PadDriver]]]) -> LoadedDrivers:
    drivers: list[PadDriver] = []
    failed: list[FailedDriver] = []
    for name, make in makers:
        try:
            driver = make()
            _log.info("a driver of pads was loaded", extra={"driver": driver.name})
        except Exception as fault:  # noqa: BLE001 - a driver is foreign code; the others must serve
            told = {"driver": name, "error": type(fault).__name__}
            _log.error("a driver of pads could not be loaded", extra=told)
            failed.append(FailedDriver(name, type(fault).__name__))
        else:
            drivers.append(driver)
    return LoadedDrivers(tuple(drivers), tuple(failed))
