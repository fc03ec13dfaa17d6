"""A pad whose insides are in a process of their own, so that only its cable is in this one.

What is searched for in the memory of a process that signs must not come from the emulator: it
lives behind a pipe, over which go the reports as hidapi gives them, encrypted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import cast

from tests.simulators.stu.hid_module import EmulatedHid
from tests.simulators.stu.kinds import STU_430
from tests.simulators.stu.pad import EmulatedStu
from tests.simulators.stu.scribble import COUNT, place

_BOOTED = 2.0


class PadElsewhere:
    """Stands for the module `hid`; `draw` moves the pen of the other process."""

    def __init__(self) -> None:
        here, there = get_context("spawn").Pipe()
        self._line, self._turn = here, Lock()
        self._process = get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
        self._process.start()

    def draw(self) -> None:
        """The whole scribble."""
        self._ask("draw")

    def pass_time(self, seconds: float) -> None:
        """Let time pass in the pad."""
        self._ask("pass_time", seconds)

    def enumerate(self, vendor_id: int = 0, product_id: int = 0) -> list[dict[str, object]]:
        """What is plugged in."""
        return cast("list[dict[str, object]]", self._ask("enumerate", vendor_id, product_id))

    def device(self) -> "_Handle":
        """A handle that is not open yet."""
        return _Handle(self._ask)

    def end(self) -> None:
        """End the other process."""
        self._line.send(("end", ()))
        self._process.join()

    def _ask(self, what: str, *arguments: object) -> object:
        with self._turn:
            self._line.send((what, arguments))
            went_well, answer = self._line.recv()
        if not went_well:
            raise OSError(str(answer))
        return answer


@dataclass(slots=True)
class _Handle:
    """Stands for `hid.device()`."""

    ask: Callable[..., object]

    def open_path(self, path: bytes) -> None:
        """Take the pad."""
        self.ask("open_path", path)

    def send_feature_report(self, buff: bytes) -> int:
        """Give it a report."""
        return cast("int", self.ask("send_feature_report", buff))

    def get_feature_report(self, report_num: int, max_length: int) -> list[int]:
        """Ask it for a report."""
        return cast("list[int]", self.ask("get_feature_report", report_num, max_length))

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        """The next input report."""
        return cast("list[int]", self.ask("read", max_length, timeout_ms))

    def close(self) -> None:
        """Give it back."""
        self.ask("close")


def _serve(line: Connection) -> None:
    """The other process: one pad, plugged in and started."""
    module, pad = EmulatedHid(), EmulatedStu(STU_430)
    module.plug(pad)
    pad.pass_time(_BOOTED)
    handle = module.device()
    ways: dict[str, Callable[..., object]] = {
        "draw": lambda: pad.draw(place(index) for index in range(COUNT)),
        "pass_time": pad.pass_time,
        "enumerate": module.enumerate,
        **{
            name: getattr(handle, name)
            for name in ("open_path", "send_feature_report", "get_feature_report", "read", "close")
        },
    }
    while True:
        what, arguments = line.recv()
        if what == "end":
            return
        try:
            answer = True, ways[what](*arguments)
        except OSError as failed:
            answer = False, str(failed)
        line.send(answer)
