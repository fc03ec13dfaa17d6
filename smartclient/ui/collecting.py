"""Python's cycles are collected on the window's thread only.

Python collects on whichever thread happens to allocate. A page that is garbage would then be taken
apart by the thread of the database, while Qt expects that on the window's thread.

A frame has 16 ms, and looking through everything that the libraries made takes twice that. So what
is there once libraries were imported is looked through no more: it lasts as long as the program.
What of it is garbage one day, such as a dialog that happened to be open, stays; imports come to an
end, and so does that.
"""

import gc
import sys
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 1_000


class Collector(QObject):
    """Takes the collection over from Python; look now and then, or let the timer do it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._modules = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect what is due, unless libraries were imported: then all of it is put aside."""
        if self._modules != (modules := len(sys.modules)):
            self._modules = modules
            gc.freeze()
            return
        collect_what_is_due()


def collect_what_is_due() -> None:
    """Collect the oldest generation whose turn it is, as Python itself would."""
    due = [
        generation
        for generation, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if count > limit
    ]
    if due:
        gc.collect(max(due))
