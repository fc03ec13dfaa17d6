"""The boundary to the operating system's HID devices, as the package `hidapi` draws it.

hidapi reports a failed open without a reason. What a person can do differs by the reason, so it is
found out afterwards: the device is gone, its node may not be opened, or another program holds it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from smartclient.domain.errors import Unreachable


class HidHandle(Protocol):
    """An open device as hidapi gives it. Byte 0 of every buffer is the report id."""

    def open_path(self, path: bytes) -> None:
        """Take the device; OSError "open failed" without a reason."""

    def send_feature_report(self, buff: bytes) -> int:
        """Bytes sent, -1 when the device refused or is gone."""

    def get_feature_report(self, report_num: int, max_length: int) -> list[int]:
        """The report with its id; OSError when the device refused or is gone."""

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        """An input report, empty after the time; OSError when the device is gone."""

    def close(self) -> None:
        """Give it back."""


class HidModule(Protocol):
    """What is used of the module `hid`."""

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        """What is plugged in."""

    def device(self) -> HidHandle:
        """A handle that is not open yet."""


@dataclass(frozen=True, slots=True)
class HidEntry:
    """A device that is plugged in. `serial` is empty where the device has none."""

    path: bytes
    vendor: int
    product: int
    serial: str


class HidBus:
    """What is plugged in, and the way to open it."""

    def __init__(self, module: HidModule) -> None:
        self._module = module

    def entries(self, vendor: int) -> tuple[HidEntry, ...]:
        """The HID devices of a vendor, each once although it may have several collections."""
        found: dict[bytes, HidEntry] = {}
        for told in self._module.enumerate(vendor, 0):
            entry = _entry(told)
            found.setdefault(entry.path, entry)
        return tuple(found.values())

    def open(self, entry: HidEntry) -> HidHandle:
        """Take a device.

        Raises Unreachable SC-SIGN-001 (gone meanwhile), SC-SIGN-003 (no permission) or SC-SIGN-002
        (another program holds it).
        """
        handle = self._module.device()
        try:
            handle.open_path(entry.path)
        except OSError as failure:
            raise Unreachable(self._why_not(entry)) from failure
        return handle

    def is_there(self, entry: HidEntry) -> bool:
        """Whether it is still plugged in at this place."""
        return entry.path in {other.path for other in self.entries(entry.vendor)}

    def _why_not(self, entry: HidEntry) -> str:
        if not self.is_there(entry):
            return "SC-SIGN-001"
        node = node_of(entry.path)
        if node is not None and node.exists() and not os.access(node, os.R_OK | os.W_OK):
            return "SC-SIGN-003"
        return "SC-SIGN-002"


def system_bus() -> HidBus:
    """The devices of this computer; the library is loaded at the first use of a pad.

    Raises Unreachable SC-SIGN-003 where it cannot be loaded, as without libusb.
    """
    try:
        import hid
    except ImportError as absent:
        raise Unreachable("SC-SIGN-003") from absent

    return HidBus(cast("HidModule", hid))


def node_of(path: bytes) -> Path | None:
    """The file behind a device on Linux; None elsewhere.

    hidraw names its node; the libusb back end names bus and device, "0001:0004:00" or "1-2:1.0".
    """
    words = path.decode("utf-8", "replace")
    if words.startswith("/dev/"):
        return Path(words)
    parts = words.split(":")
    if len(parts) == 3 and all(len(part) >= 2 and _is_hex(part) for part in parts):
        return Path(f"/dev/bus/usb/{int(parts[0], 16):03}/{int(parts[1], 16):03}")
    port = Path("/sys/bus/usb/devices") / parts[0]
    try:
        numbers = [int((port / name).read_text("ascii")) for name in ("busnum", "devnum")]
    except (OSError, ValueError):
        return None
    return Path(f"/dev/bus/usb/{numbers[0]:03}/{numbers[1]:03}")


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)


def _entry(told: Mapping[str, object]) -> HidEntry:
    path, serial = told.get("path", b""), told.get("serial_number")
    return HidEntry(
        path if isinstance(path, bytes) else str(path).encode(),
        _whole(told, "vendor_id"),
        _whole(told, "product_id"),
        serial.strip() if isinstance(serial, str) else "",
    )


def _whole(told: Mapping[str, object], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0


def octets(report: Sequence[int]) -> bytes:
    """A report as bytes; hidapi gives lists."""
    return bytes(report)
