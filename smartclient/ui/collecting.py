"""Python's cycles are collected on the window's thread only.

Python collects on whichever thread happens to allocate. A page that is garbage would then be taken
apart by the thread of the database, while Qt expects that on the window's thread.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 1_000


class Collector(QObject):
    """Takes the collection over from Python; look now and then, or let the timer do it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
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
