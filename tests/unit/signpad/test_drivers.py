"""Drivers of other makers: the example of the guide, installed and used; failing ones skipped."""

import re
import struct
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.ink.port import Disconnected, Gap, Sample
from smartclient.signpad.drivers import (
    GROUP,
    OfferedPad,
    PadDriver,
    choose,
    installed_drivers,
    signed_drivers,
)

GUIDE = Path(__file__).parents[3] / "docs" / "pad-drivers.md"


class ExampleUsb:
    """Stands for the module `hid` with the guide's pad plugged in."""

    def __init__(self) -> None:
        self.reports: list[bytes] = []
        self.plugged = True

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        del product_id
        told = {"path": b"1", "vendor_id": 0x1209, "product_id": 1, "serial_number": "E5"}
        return [told] if self.plugged and vendor_id in (0, 0x1209) else []

    def device(self) -> "ExampleUsb":
        return self

    def open_path(self, path: bytes) -> None:
        if not self.plugged or path != b"1":
            raise OSError("open failed")

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        del timeout_ms
        if not self.reports:
            raise OSError("read error")
        return list(self.reports.pop(0)[:max_length])

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def source() -> str:
    """The driver as the guide prints it."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> ExampleUsb:
    made = ExampleUsb()
    monkeypatch.setitem(sys.modules, "hid", made)
    return made


@pytest.fixture
def installed(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sequence[EntryPoint]]:
    """The guide's driver as a distribution, and a broken one beside it."""
    (tmp_path / "example_pads.py").write_text(source, "utf-8")
    (tmp_path / "broken_pads.py").write_text("import nothing_of_this_name\n", "utf-8")
    facts = tmp_path / "example_pads-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: example-pads\nVersion: 1.0\n")
    named = "example = example_pads:driver\nbroken = broken_pads:driver\n"
    (facts / "entry_points.txt").write_text(f"[{GROUP}]\n{named}")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tuple(entry_points(group=GROUP))
    for name in ("example_pads", "broken_pads"):
        sys.modules.pop(name, None)


def report(count: int, x: int = 1000, contact: int = 1) -> bytes:
    return struct.pack(">BBHHH", contact, count, x, 500, 400)


def use(driver: PadDriver, usb: ExampleUsb) -> None:
    """Sign on the driver's pad and pull the cable."""
    pad = choose([driver], "E5")
    pad.open()
    usb.reports = [report(7), report(8, 1010), report(11, 1020), report(12, 1020, 0)]
    events = list(pad.start())
    pad.close()
    samples = [event for event in events if isinstance(event, Sample)]
    assert [(each.t_us, each.x, each.contact) for each in samples] == [
        (0, 1000, True),
        (5_000, 1010, True),
        (20_000, 1020, True),
        (25_000, 1020, False),
    ]
    assert events[2] == Gap(2)
    assert events[-1] == Disconnected()
    usb.plugged = False
    with pytest.raises(Unreachable) as refusal:
        pad.open()
    assert refusal.value.code == "SC-SIGN-001"


def test_that_the_guides_driver_serves_once_it_is_installed(
    installed: Sequence[EntryPoint], usb: ExampleUsb
) -> None:
    loaded = installed_drivers(installed)
    (driver,) = loaded.drivers
    assert driver.name == "example"
    use(driver, usb)


def test_that_a_driver_that_fails_is_reported_and_the_others_serve(
    installed: Sequence[EntryPoint], usb: ExampleUsb
) -> None:
    del usb
    loaded = installed_drivers(installed)
    assert [(each.name, each.kind) for each in loaded.failed] == [("broken", "ModuleNotFoundError")]
    assert len(loaded.drivers) == 1


def test_that_the_guides_driver_serves_out_of_the_signed_component(
    source: str, usb: ExampleUsb
) -> None:
    files = {"drivers/example.py": source.encode(), "drivers/wrong.py": b"def driver(:"}
    named = {"example": "drivers/example.py", "wrong": "drivers/wrong.py", "gone": "drivers/no.py"}
    loaded = signed_drivers(files, named)
    assert [(each.name, each.kind) for each in loaded.failed] == [
        ("wrong", "SyntaxError"),
        ("gone", "KeyError"),
    ]
    (driver,) = loaded.drivers
    use(driver, usb)


MODERN = b"""
from __future__ import annotations
from dataclasses import dataclass
from typing import ClassVar

@dataclass(slots=True)
class Modern:
    several: ClassVar[int] = 1
    name: str = "modern"
    def pads(self):
        return []

def driver():
    return Modern()
"""


def test_that_a_signed_driver_may_use_dataclasses_with_annotations_read_later() -> None:
    loaded = signed_drivers({"m.py": MODERN}, {"modern": "m.py"})
    assert (loaded.failed, [each.name for each in loaded.drivers]) == ((), ["modern"])


def test_that_a_signed_driver_that_fails_leaves_no_module_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    files = {"f.py": b"def driver():\n    raise OSError"}
    assert [each.name for each in signed_drivers(files, {"failing": "f.py"}).failed] == ["failing"]
    assert "smartclient_pad_failing" not in sys.modules
    (line,) = caplog.records
    assert (line.__dict__["driver"], line.__dict__["error"]) == ("failing", "OSError")


class Faulty:
    """A driver that cannot even tell its pads."""

    name = "faulty"

    def pads(self) -> Sequence[OfferedPad]:
        raise ZeroDivisionError


def test_that_a_driver_that_breaks_while_it_looks_leaves_the_others_alone(
    source: str, usb: ExampleUsb
) -> None:
    del usb
    good = signed_drivers({"e.py": source.encode()}, {"example": "e.py"}).drivers[0]
    assert choose([Faulty(), good]).description.model == "Signer 100"
    with pytest.raises(Unreachable):
        choose([Faulty()])
