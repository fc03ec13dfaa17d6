"""No picture of the memory outlives a crash: it could hold the pen of who was just signing.

What the program itself keeps is overwritten (`ink.capture`); a dump is written by the system,
before anybody can overwrite anything.
"""

import ctypes
import sys
from typing import Final, Protocol

_NO_HEAP: Final = 1
"""WER_FAULT_REPORTING_FLAG_NOHEAP: reports of faults carry no heap."""


class _FaultReports(Protocol):
    """What is used of kernel32."""

    def WerSetFlags(self, flags: int) -> int:  # noqa: N802 - the system's name
        """0 when it was set."""


def write_no_dumps(windows: _FaultReports | None = None) -> None:
    """Ask the system for none, from now until the program ends; harmless where it cannot be had."""
    if sys.platform == "win32" and windows is None:
        windows = ctypes.WinDLL("kernel32")
    if windows is not None:
        windows.WerSetFlags(_NO_HEAP)
    elif sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
