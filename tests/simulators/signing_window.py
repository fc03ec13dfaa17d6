"""A process with a window that captures on a pad, mirrors the ink, signs and seals, and stands still.

    python -m tests.simulators.signing_window FOLDER [--unwiped]

As `signing_process`, but what is signed comes the whole way: over the cable, encrypted, through the
product's driver and its thread, into the buffer and onto the mirror of the pad's display. With
--unwiped the driver's opened blocks and the points of the mirror are kept as well.
"""

import os
import sys
from pathlib import Path
from random import Random
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from smartclient.ink.capture import CaptureBuffer
from smartclient.signpad.discovery import StuPads
from smartclient.signpad.drivers import choose
from smartclient.signpad.hid import HidBus, HidModule
from smartclient.signpad.stu import encryption
from smartclient.signpad.stu.pad import StuPad, Surroundings
from smartclient.ui.ceremony.capture import PadCapture
from smartclient.ui.ceremony.pad_display import PadDisplay
from smartclient.ui.ceremony.pad_picture import CONFIRM, PadWords, picture_of
from smartclient.ui.theme import dress, styled_application
from tests.simulators.signing_process import keep, leave_everything, sign_and_seal, stand_still
from tests.simulators.stu.elsewhere import PadElsewhere
from tests.simulators.stu.scribble import COUNT

_WORDS = PadWords("Pojistník · Petr Novák", "Podávám nabídku.", "21. 11. 2026")


def main(folder: Path, *, unwiped: bool) -> None:
    """Sign, say so, and wait."""
    if unwiped:
        leave_everything()
        _leave_the_way_too()
    module = PadElsewhere()
    buffer = _captured(module)
    module.end()
    sign_and_seal(folder, buffer, unwiped=unwiped)
    stand_still()


def _captured(module: PadElsewhere) -> CaptureBuffer:
    application = styled_application(["signing"])
    dress(application)
    display = PadDisplay()
    display.resize(760, 272)
    display.show()
    around = Surroundings(Random(7).randbytes, module.pass_time)
    pad = choose([StuPads(HidBus(cast("HidModule", module)), around)])
    assert isinstance(pad, StuPad)
    capture = PadCapture(pad, lambda wide, high: picture_of(_WORDS, wide, high))
    capture.ready.connect(display.mirror)
    capture.ready.connect(lambda _description: module.draw())

    def mirrored() -> None:
        for point in capture.points.take():
            display.draw(*point)

    capture.inked.connect(mirrored)
    refused: list[object] = []
    capture.refused.connect(refused.append)
    capture.begin()
    while not refused and (capture.buffer is None or len(capture.buffer) < COUNT):
        application.processEvents()
    assert not refused, refused
    while not display.has_ink:
        application.processEvents()
    display.button(CONFIRM).setEnabled(True)
    application.processEvents()
    capture.end()
    application.processEvents()
    buffer, capture.buffer = capture.buffer, None
    assert buffer is not None
    display.clear_ink()
    pad.close()
    return buffer


def _leave_the_way_too() -> None:
    """Keep what the driver opened and what the window drew."""
    opened, drawn = encryption.CableCipher.timed, PadDisplay.draw
    blocks, points = bytearray(), bytearray()
    keep(blocks)
    keep(points)

    def keeping(self: encryption.CableCipher, block: bytes) -> tuple[bytes, int, int]:
        pen, time_ms, sequence = opened(self, block)
        blocks.extend(pen + time_ms.to_bytes(2, "big") + sequence.to_bytes(2, "big"))
        return pen, time_ms, sequence

    def drawing(self: PadDisplay, x: float, y: float, contact: bool) -> None:
        import struct

        points.extend(struct.pack("<dd", x, y))
        drawn(self, x, y, contact)

    encryption.CableCipher.timed = keeping  # type: ignore[method-assign]
    PadDisplay.draw = drawing  # type: ignore[method-assign]


if __name__ == "__main__":
    main(Path(sys.argv[1]), unwiped="--unwiped" in sys.argv)
