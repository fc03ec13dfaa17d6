"""What the package hidapi gives, with emulated pads behind it."""

import itertools
from typing import Final

from tests.simulators.stu.pad import EmulatedStu

_PLACES: Final = itertools.count(1)


class EmulatedHid:
    """Stands for the module `hid`; plug pads in and out."""

    def __init__(self) -> None:
        self._plugged: dict[bytes, EmulatedStu] = {}

    def plug(self, pad: EmulatedStu) -> bytes:
        """Plug a pad in; it gets a new path each time."""
        path = f"emulated-{next(_PLACES)}".encode()
        self._plugged[path] = pad
        pad.power_on()
        return path

    def unplug(self, pad: EmulatedStu) -> None:
        """Pull the cable."""
        pad.power_off()
        self._plugged = {path: each for path, each in self._plugged.items() if each is not pad}

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        """As hidapi tells it; a pad of several collections is told once each."""
        told: list[dict[str, object]] = [
            {
                "path": path,
                "vendor_id": 0x056A,
                "product_id": pad.kind.product,
                "serial_number": pad.serial,
                "manufacturer_string": "Wacom Co.,Ltd.",
                "product_string": pad.kind.name,
                "usage_page": page,
            }
            for path, pad in self._plugged.items()
            for page in (0xFF0D, 0xFF00)
        ]
        return [
            each
            for each in told
            if vendor_id in (0, each["vendor_id"]) and product_id in (0, each["product_id"])
        ]

    def device(self) -> "EmulatedHandle":
        """A handle that is not open yet."""
        return EmulatedHandle(self)

    def at(self, path: bytes) -> EmulatedStu:
        """The pad at a path; OSError as hidapi gives it when there is none or it is held."""
        pad = self._plugged.get(path)
        if pad is None or pad.held_by_another:
            raise OSError("open failed")
        return pad


class EmulatedHandle:
    """Stands for `hid.device()`."""

    def __init__(self, module: EmulatedHid) -> None:
        self._module = module
        self._pad: EmulatedStu | None = None

    def open_path(self, path: bytes) -> None:
        """Take the pad; a second program is refused."""
        pad = self._module.at(path)
        pad.held_by_another = True
        self._pad = pad

    def send_feature_report(self, buff: bytes) -> int:
        """-1 for a report that the pad does not know, and when it is gone."""
        pad = self._opened()
        if not pad.is_powered or not pad.knows_set(buff[0]):
            return -1
        pad.set(bytes(buff))
        return len(buff)

    def get_feature_report(self, report_num: int, max_length: int) -> list[int]:
        """OSError for a report that the pad does not know, and when it is gone."""
        pad = self._opened()
        if not pad.is_powered:
            raise OSError("read error")
        report = pad.get(report_num)
        if report is None:
            raise OSError("read error")
        return list(report[:max_length])

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        """The next input report, or nothing when the time is over."""
        pad = self._opened()
        report = pad.next_report(timeout_ms)
        if not pad.is_powered and not report:
            raise OSError("read error")
        return list(report[:max_length])

    def close(self) -> None:
        """Give it back."""
        if self._pad is not None:
            self._pad.held_by_another = False
        self._pad = None

    def _opened(self) -> EmulatedStu:
        if self._pad is None:
            raise ValueError("not open")
        return self._pad
