"""What happened in a soak, in order, so that the way of a lost word can be followed afterwards."""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from smartclient.wire.messages import Json


@dataclass(slots=True)
class Chronicle:
    """Lines of JSON in a file; without a file nothing is written."""

    file: Path | None = None
    _began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, who: str, said: Json) -> None:
        """One line: the seconds since the beginning, a laptop or `office`, and what happened."""
        if self.file is None:
            return
        line = json.dumps([round(time.monotonic() - self._began, 3), who, said])
        with self._lock, self.file.open("a", encoding="utf-8") as lines:
            lines.write(f"{line}\n")
